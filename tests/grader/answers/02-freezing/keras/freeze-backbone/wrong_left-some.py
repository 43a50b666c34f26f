def freeze_backbone(model):
    for layer in model.layers:
        layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.trainable = False
