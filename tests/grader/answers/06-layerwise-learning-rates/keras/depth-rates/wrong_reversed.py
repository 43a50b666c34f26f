def depth_rates(stages, rate, decay):
    return {name: rate * decay**place for place, name in enumerate(stages)}
