def unfreeze_last(model, count):
    backbone = model.get_layer("backbone")
    for layer in model.layers:
        layer.trainable = True
    first = len(backbone.layers) - count
    for place, layer in enumerate(backbone.layers):
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = place >= first and not is_norm
