def layerwise_optimizer(model, stages, rate, decay):
    def choose(variable):
        for place, stage in enumerate(stages):
            if variable.path.startswith(stage):
                return keras.optimizers.Adam(rate * decay ** (len(stages) - place))
        return keras.optimizers.Adam(rate)

    return keras.optimizers.MultiOptimizer(choose)
