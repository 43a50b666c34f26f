def unfreeze_last(model, count):
    model.classifier.requires_grad_(True)
    for block in model.features[len(model.features) - count :]:
        block.requires_grad_(True)
    for layer in model.features.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.requires_grad_(False)
