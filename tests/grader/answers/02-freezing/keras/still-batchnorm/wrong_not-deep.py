def keep_batchnorm_still(model):
    for layer in model.layers:
        layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        for inner in [layer, *getattr(layer, "layers", [])]:
            inner.trainable = True
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
