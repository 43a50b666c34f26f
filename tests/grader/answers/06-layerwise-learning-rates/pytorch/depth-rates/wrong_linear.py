def depth_rates(stages, rate, decay):
    last = len(stages) - 1
    return {
        name: rate * decay * (last - place) if place < last else rate
        for place, name in enumerate(stages)
    }
