def unfreeze_last(model, count):
    first = len(model.features) - count
    model.classifier.requires_grad_(True)
    for place, block in enumerate(model.features):
        block.requires_grad_(place >= first)
    for layer in model.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            layer.requires_grad_(False)
