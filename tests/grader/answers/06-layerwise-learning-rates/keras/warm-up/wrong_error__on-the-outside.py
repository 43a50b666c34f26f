def warm_up(optimizer, base_rates, step, steps):
    optimizer.learning_rate = max(base_rates) * min(1, (step + 1) / steps)
