def freeze_backbone(model):
    for layer in model.layers:
        if layer.name != "backbone":
            layer.trainable = True
    for weight in model.get_layer("backbone").trainable_weights:
        weight.trainable = False
