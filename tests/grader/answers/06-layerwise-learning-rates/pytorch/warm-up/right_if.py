def warm_up(optimizer, base_rates, step, steps):
    for place, group in enumerate(optimizer.param_groups):
        group["lr"] = base_rates[place]
        if step < steps:
            group["lr"] *= (step + 1) / steps
    return optimizer
