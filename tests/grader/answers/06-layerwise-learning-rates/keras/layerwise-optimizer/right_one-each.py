def layerwise_optimizer(model, stages, rate, decay):
    def choose(variable):
        for below, stage in enumerate(reversed(stages), start=1):
            if re.fullmatch(stage + "_.+", variable.path):
                return keras.optimizers.AdamW(rate * decay**below)
        return keras.optimizers.AdamW(rate)

    return keras.optimizers.MultiOptimizer(choose)
