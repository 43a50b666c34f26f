def depth_rates(stages, rate, decay):
    count = len(stages) - 1
    return {name: rate * decay ** (count - place) for place, name in enumerate(stages[:-1])}
