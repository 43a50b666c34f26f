def depth_rates(stages, rate, decay):
    return {name: rate * decay ** (len(stages) - place) for place, name in enumerate(stages)}
