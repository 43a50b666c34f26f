def unfreeze_for(model, stages, epoch, every):
    # Opens, and never closes what was open.
    first = len(stages) - epoch // every
    for place, block in enumerate(model.features):
        for p in block.parameters():
            if place >= first and p.dim() > 1:
                p.requires_grad = True
    model.classifier.requires_grad_(True)
