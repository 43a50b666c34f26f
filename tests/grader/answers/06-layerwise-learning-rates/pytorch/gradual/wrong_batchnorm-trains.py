def unfreeze_for(model, stages, epoch, every):
    first = len(stages) - epoch // every
    for place, block in enumerate(model.features):
        block.requires_grad_(place >= first)
    model.classifier.requires_grad_(True)
