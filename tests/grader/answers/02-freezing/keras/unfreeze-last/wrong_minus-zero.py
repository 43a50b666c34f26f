def unfreeze_last(model, count):
    for other in model.layers:
        other.trainable = True
    layers = model.get_layer("backbone").layers
    for layer in layers:
        layer.trainable = False
    for layer in layers[-count:]:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
