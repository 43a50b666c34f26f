def warm_up(optimizer, base_rates, step, steps):
    for group, base in zip(optimizer.param_groups, base_rates, strict=True):
        group["lr"] = base * (step + 1) / steps
