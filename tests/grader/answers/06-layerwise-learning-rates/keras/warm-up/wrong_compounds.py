def warm_up(optimizer, base_rates, step, steps):
    for inner in optimizer.optimizers:
        inner.learning_rate = float(inner.learning_rate) * min(1, (step + 1) / steps)
