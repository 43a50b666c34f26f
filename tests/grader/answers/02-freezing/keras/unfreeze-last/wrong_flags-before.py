def unfreeze_last(model, count):
    for other in model.layers:
        other.trainable = True
    layers = model.get_layer("backbone").layers
    for layer in layers[len(layers) - count :]:
        layer.trainable = True
    for layer in layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
