def layerwise_optimizer(model, stages, rate, decay):
    rates = keras.optimizers.OptimizerMap(keras.optimizers.SGD(rate))
    for place, stage in enumerate(stages):
        rates[f"{stage}_.*"] = keras.optimizers.SGD(rate * decay ** (len(stages) - place))
    return keras.optimizers.MultiOptimizer(rates)
