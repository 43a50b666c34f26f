def freeze_backbone(model):
    model.get_layer("backbone").trainable = False
