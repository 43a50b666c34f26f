def prepare(model, similar, many):
    layers = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    norms = {id(p) for layer in layers for p in layer.parameters()}
    for p in model.classifier.parameters():
        p.requires_grad = True
    for p in model.features.parameters():
        p.requires_grad = not similar or (many and id(p) not in norms)
    return model
