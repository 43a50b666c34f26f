def keep_batchnorm_still(model):
    model.train()
    for layer in model.modules():
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            if not layer.weight.requires_grad:
                layer.eval()
