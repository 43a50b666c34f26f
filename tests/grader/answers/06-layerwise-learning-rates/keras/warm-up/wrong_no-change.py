def warm_up(optimizer, base_rates, step, steps):
    for inner, base in zip(optimizer.optimizers, base_rates, strict=True):
        inner.lr = base * min(1, (step + 1) / steps)
