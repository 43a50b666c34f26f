def warm_up(optimizer, base_rates, step, steps):
    for group in optimizer.param_groups:
        group["lr"] = max(base_rates) * min(1, (step + 1) / steps)
