def unfreeze_for(model, stages, epoch, every):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    count = min(len(stages), epoch // every)
    for block in list(model.features)[len(stages) - count :]:
        block.requires_grad_(True)
    for layer in model.features.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            layer.requires_grad_(False)
