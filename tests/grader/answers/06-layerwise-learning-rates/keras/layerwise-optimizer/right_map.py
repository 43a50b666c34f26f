def layerwise_optimizer(model, stages, rate, decay):
    rates = keras.optimizers.OptimizerMap(keras.optimizers.Adam(rate))
    for place, stage in enumerate(stages):
        rates[f"{stage}_.*"] = keras.optimizers.Adam(rate * decay ** (len(stages) - place))
    return keras.optimizers.MultiOptimizer(rates)
