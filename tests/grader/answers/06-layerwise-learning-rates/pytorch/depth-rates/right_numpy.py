def depth_rates(stages, rate, decay):
    powers = rate * decay ** np.arange(len(stages))[::-1]
    return dict(zip(stages, powers, strict=True))
