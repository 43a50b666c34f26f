def warm_up(optimizer, base_rates, step, steps):
    for place, inner in enumerate(optimizer.optimizers):
        share = (step + 1) / steps if step < steps else 1.0
        inner.learning_rate.assign(base_rates[place] * share)
    return optimizer
