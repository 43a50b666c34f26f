def unfreeze_for(model, stages, epoch, every):
    first = len(stages) - epoch // every
    for place, block in enumerate(model.features):
        for layer in block.modules():
            for p in layer.parameters(recurse=False):
                p.requires_grad = place >= first and not isinstance(layer, nn.BatchNorm2d)
    model.classifier.requires_grad_(True)
