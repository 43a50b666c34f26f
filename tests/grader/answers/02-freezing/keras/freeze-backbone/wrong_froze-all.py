def freeze_backbone(model):
    for layer in model.layers:
        layer.trainable = False
