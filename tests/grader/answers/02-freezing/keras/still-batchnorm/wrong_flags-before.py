def keep_batchnorm_still(model):
    def visit(layer):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
        for child in getattr(layer, "layers", []):
            visit(child)

    visit(model.get_layer("backbone"))
