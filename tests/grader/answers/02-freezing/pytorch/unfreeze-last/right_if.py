def unfreeze_last(model, count):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    if count > 0:
        model.features[-count:].requires_grad_(True)
    for layer in model.features.modules():
        if "BatchNorm" in type(layer).__name__:
            for p in layer.parameters():
                p.requires_grad = False
    return model
