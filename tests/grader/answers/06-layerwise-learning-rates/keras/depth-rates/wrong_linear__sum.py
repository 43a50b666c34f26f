def depth_rates(stages, rate, decay):
    last = len(stages) - 1
    return {name: rate * (1 - (1 - decay) * (last - place)) for place, name in enumerate(stages)}
