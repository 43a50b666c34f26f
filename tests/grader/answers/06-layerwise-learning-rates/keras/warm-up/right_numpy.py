def warm_up(optimizer, base_rates, step, steps):
    rates = np.asarray(base_rates) * np.clip((step + 1) / steps, 0, 1)
    for inner, rate in zip(optimizer.optimizers, rates, strict=True):
        inner.learning_rate = float(rate)
