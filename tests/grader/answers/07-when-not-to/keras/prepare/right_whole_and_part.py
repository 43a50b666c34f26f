def prepare(model, similar, many):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
    backbone = model.get_layer("backbone")
    for layer in backbone.layers:
        layer.trainable = True
    if similar and not many:
        backbone.trainable = False
    elif similar:
        for layer in backbone.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.trainable = False
    return model
