def depth_rates(stages, rate, decay):
    stages.reverse()
    return {name: rate * decay**place for place, name in enumerate(stages)}
