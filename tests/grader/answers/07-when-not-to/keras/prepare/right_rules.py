def prepare(model, similar, many):
    for layer in [model, *model.layers]:
        layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = not similar or (many and not norm)
