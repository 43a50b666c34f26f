def keep_batchnorm_still(model):
    def visit(layer):
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
        for child in getattr(layer, "layers", []):
            visit(child)

    visit(model)
