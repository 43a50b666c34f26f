def freeze_backbone(model):
    model.features.eval()
