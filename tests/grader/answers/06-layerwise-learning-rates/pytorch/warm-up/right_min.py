def warm_up(optimizer, base_rates, step, steps):
    share = min(1, (step + 1) / steps)
    for group, base in zip(optimizer.param_groups, base_rates, strict=True):
        group["lr"] = base * share
