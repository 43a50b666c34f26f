def prepare(model, similar, many):
    model.features.requires_grad_(not similar or many)
    if similar:
        for layer in model.features.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.requires_grad_(False)
