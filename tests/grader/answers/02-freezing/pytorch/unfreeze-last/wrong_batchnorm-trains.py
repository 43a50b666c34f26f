def unfreeze_last(model, count):
    first = len(model.features) - count
    for place, block in enumerate(model.features):
        block.requires_grad_(place >= first)
    model.classifier.requires_grad_(True)
