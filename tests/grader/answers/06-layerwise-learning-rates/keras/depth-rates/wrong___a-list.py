def depth_rates(stages, rate, decay):
    return [rate * decay ** (len(stages) - 1 - place) for place in range(len(stages))]
