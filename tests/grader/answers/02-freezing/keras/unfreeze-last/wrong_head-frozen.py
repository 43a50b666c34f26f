def unfreeze_last(model, count):
    backbone = model.get_layer("backbone")
    for other in model.layers:
        other.trainable = other is backbone
    for place, layer in enumerate(backbone.layers):
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = place >= len(backbone.layers) - count and not is_norm
