def keep_batchnorm_still(model):
    backbone = model.get_layer("backbone")
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    for each in model.layers:
        each.trainable = False
        each.trainable = True
    for layer in backbone.layers:
        for inner in [layer, *getattr(layer, "layers", [])]:
            inner.trainable = True
