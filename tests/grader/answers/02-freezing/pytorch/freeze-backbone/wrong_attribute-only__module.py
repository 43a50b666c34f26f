def freeze_backbone(model):
    model.features.requires_grad = False
    model.classifier.requires_grad = True
