def keep_batchnorm_still(model):
    model.train()
    for layer in model.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            layer.train(any(p.requires_grad for p in layer.parameters()))
