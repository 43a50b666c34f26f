def layerwise_optimizer(model, stages, rate, decay):
    # A pattern must match the whole path; this one ends in the middle.
    rates = keras.optimizers.OptimizerMap(keras.optimizers.Adam(rate))
    for place, stage in enumerate(stages):
        rates[f"{stage}_"] = keras.optimizers.Adam(rate * decay ** (len(stages) - place))
    return keras.optimizers.MultiOptimizer(rates)
