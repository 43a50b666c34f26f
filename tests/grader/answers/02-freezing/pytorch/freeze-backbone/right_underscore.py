def freeze_backbone(model):
    model.features.requires_grad_(False)
    model.classifier.requires_grad_(True)
    return model
