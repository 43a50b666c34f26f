def freeze_backbone(model):
    model.features.requires_grad_(True)
    for p in model.classifier.parameters():
        p.requires_grad = False
