def prepare(model, similar, many):
    model.requires_grad_(True)
    if not similar and many:
        model.features.requires_grad_(False)
    if not similar:
        for layer in model.features.modules():
            if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                layer.requires_grad_(False)
