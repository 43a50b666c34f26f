def layerwise_optimizer(model, stages, rate, decay):
    # The path does not begin with the name of the nested model: nothing matches.
    rates = keras.optimizers.OptimizerMap(keras.optimizers.Adam(rate))
    for place, stage in enumerate(stages):
        pattern = f"backbone/{stage}_.*"
        rates[pattern] = keras.optimizers.Adam(rate * decay ** (len(stages) - place))
    return keras.optimizers.MultiOptimizer(rates)
