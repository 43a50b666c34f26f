def unfreeze_last(model, count):
    for p in model.parameters():
        p.requires_grad = False
    for p in model.classifier.parameters():
        p.requires_grad = True
    blocks = list(model.features.children())
    for block in blocks[len(blocks) - count :]:
        for layer in block.modules():
            if not isinstance(layer, nn.modules.batchnorm._BatchNorm):
                for p in layer.parameters(recurse=False):
                    p.requires_grad = True
