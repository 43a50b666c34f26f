def unfreeze_last(model, count):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    for block in model.features[:count]:
        block.requires_grad_(True)
        for layer in block.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.requires_grad_(False)
