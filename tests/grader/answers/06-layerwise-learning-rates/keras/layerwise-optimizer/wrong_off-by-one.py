def layerwise_optimizer(model, stages, rate, decay):
    rates = keras.optimizers.OptimizerMap(keras.optimizers.Adam(rate))
    for below, stage in enumerate(reversed(stages)):
        rates[f"{stage}_.*"] = keras.optimizers.Adam(rate * decay**below)
    return keras.optimizers.MultiOptimizer(rates)
