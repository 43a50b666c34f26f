def freeze_backbone(model):
    model.trainable = False
    model.layers[-1].trainable = True
