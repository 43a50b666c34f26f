def unfreeze_last(model, count):
    first = len(model.features) - count
    for place, block in enumerate(model.features):
        block.requires_grad_(place >= first)
        for layer in block.children():
            if isinstance(layer, nn.BatchNorm2d):
                layer.requires_grad_(False)
    model.classifier.requires_grad_(True)
