def depth_rates(stages, rate, decay):
    rates = {}
    for place, name in enumerate(reversed(stages)):
        rates[name] = rate * decay**place
