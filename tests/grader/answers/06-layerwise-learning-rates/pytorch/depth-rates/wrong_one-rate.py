def depth_rates(stages, rate, decay):
    return dict.fromkeys(stages, rate)
