def layerwise_optimizer(model, stages, rate, decay):
    head = keras.optimizers.Adam(rate)
    by_stage = {s: keras.optimizers.Adam(rate * decay**i) for i, s in enumerate(stages[::-1], 1)}
    paths = {}
    for variable in model.trainable_variables:
        stage = next((s for s in stages if variable.path.startswith(s + "_")), None)
        paths[variable.path] = by_stage.get(stage, head)
    return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(head, paths))
