def depth_rates(stages, rate, decay):
    rates = {}
    for name in reversed(stages):
        rates[name] = rate
        rate *= decay
    return rates
