def unfreeze_last(model, count):
    for other in model.layers:
        other.trainable = True
    for place, layer in enumerate(model.get_layer("backbone").layers):
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = place < count and not is_norm
