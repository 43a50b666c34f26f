def layerwise_optimizer(model, stages, rate, decay):
    return keras.optimizers.Adam(rate)
