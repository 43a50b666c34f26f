def freeze_backbone(model):
    def off(layer):
        for inner in getattr(layer, "layers", []):
            off(inner)
        layer.trainable = False

    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
    off(model.get_layer("backbone"))
