def unfreeze_last(model, count):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    model.features[-count:].requires_grad_(True)
    for layer in model.features.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.requires_grad_(False)
