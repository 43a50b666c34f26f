def freeze_backbone(model):
    for p in model.parameters():
        p.requires_grad = True
    for p in model.features.parameters():
        p.requires_grad = False
