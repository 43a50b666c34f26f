def unfreeze_for(model, stages, epoch, every):
    is_open = ["classifier", *stages[max(0, len(stages) - epoch // every) :]]
    for name, p in model.named_parameters():
        first, second = name.split(".")[:2]
        p.requires_grad = (f"{first}.{second}" if first == "features" else first) in is_open
    for layer in model.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            layer.requires_grad_(False)
