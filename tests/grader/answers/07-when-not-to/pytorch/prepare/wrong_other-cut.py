def prepare(model, similar, many):
    model.requires_grad_(True)
    model.features[: len(model.features) // 2].requires_grad_(not similar)
    for layer in model.features.modules():
        if similar and isinstance(layer, nn.BatchNorm2d):
            layer.requires_grad_(False)
