def every_layer(layer):
    yield layer
    for child in getattr(layer, "layers", []):
        yield from every_layer(child)


def keep_batchnorm_still(model):
    model.trainable = False
    model.trainable = True
    for layer in every_layer(model):
        layer.trainable = True
    for layer in every_layer(model.get_layer("backbone")):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
