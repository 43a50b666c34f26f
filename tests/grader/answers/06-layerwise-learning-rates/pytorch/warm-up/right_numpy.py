def warm_up(optimizer, base_rates, step, steps):
    rates = np.asarray(base_rates) * np.clip((step + 1) / steps, 0, 1)
    for group, rate in zip(optimizer.param_groups, rates.tolist(), strict=True):
        group.update(lr=rate)
