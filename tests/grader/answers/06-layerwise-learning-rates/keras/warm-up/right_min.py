def warm_up(optimizer, base_rates, step, steps):
    share = min(1, (step + 1) / steps)
    for inner, base in zip(optimizer.optimizers, base_rates, strict=True):
        inner.learning_rate = base * share
