def prepare(model, similar, many):
    for layer in [model, *model.layers]:
        layer.trainable = True
    layers = model.get_layer("backbone").layers
    for place, layer in enumerate(layers):
        norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = not (similar and (norm or place < len(layers) // 2))
