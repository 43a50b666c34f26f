def keep_batchnorm_still(model):
    def visit(layer, hold):
        layer.trainable = not (hold and isinstance(layer, keras.layers.BatchNormalization))
        for child in getattr(layer, "layers", []):
            visit(child, hold)

    for layer in model.layers:
        visit(layer, hold=layer.name == "backbone")
