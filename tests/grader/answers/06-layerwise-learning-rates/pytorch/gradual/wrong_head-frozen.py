def unfreeze_for(model, stages, epoch, every):
    model.requires_grad_(False)
    first = len(stages) - epoch // every
    for place, block in enumerate(model.features):
        for p in block.parameters():
            p.requires_grad = place >= first and p.dim() > 1
