def unfreeze_last(model, count):
    for other in model.layers:
        other.trainable = True
    layers = model.get_layer("backbone").layers
    for place, layer in enumerate(layers):
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = place > len(layers) - count and not is_norm
