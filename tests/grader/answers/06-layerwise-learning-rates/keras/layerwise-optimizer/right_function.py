def layerwise_optimizer(model, stages, rate, decay):
    optimizers = [keras.optimizers.Adam(rate * decay**below) for below in range(len(stages) + 1)]

    def choose(variable):
        found = re.match(r"block(\d+)_", variable.path)
        return optimizers[len(stages) - int(found[1]) if found else 0]

    return keras.optimizers.MultiOptimizer(choose)
