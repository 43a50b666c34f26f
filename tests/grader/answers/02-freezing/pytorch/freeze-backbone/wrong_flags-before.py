def freeze_backbone(model):
    for p in model.features.parameters():
        p.requires_grad = False
