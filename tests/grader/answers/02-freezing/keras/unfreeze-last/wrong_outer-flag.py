def unfreeze_last(model, count):
    model.trainable = False
    layers = model.get_layer("backbone").layers
    for layer in [*layers[len(layers) - count :], model.layers[-1]]:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
