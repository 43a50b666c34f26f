def warm_up(optimizer, base_rates, step, steps):
    optimizer.param_groups[-1]["lr"] = base_rates[-1] * min(1, (step + 1) / steps)
