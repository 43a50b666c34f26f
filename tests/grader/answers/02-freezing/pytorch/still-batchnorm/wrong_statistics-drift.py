def keep_batchnorm_still(model):
    for layer in model.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm) and not layer.weight.requires_grad:
            layer.eval()
    model.train()
