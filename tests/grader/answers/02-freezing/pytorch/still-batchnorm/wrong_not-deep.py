def keep_batchnorm_still(model):
    model.train()
    layers = [layer for block in model.features for layer in block] + list(model.classifier)
    for layer in layers:
        if isinstance(layer, nn.modules.batchnorm._BatchNorm) and not layer.weight.requires_grad:
            layer.eval()
