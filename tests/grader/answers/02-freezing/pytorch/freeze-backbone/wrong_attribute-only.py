def freeze_backbone(model):
    model.trainable = False
    model.classifier.trainable = True
