def unfreeze_for(model, stages, epoch, every):
    first = len(stages) - epoch // every - 1
    for place, block in enumerate(model.features):
        for p in block.parameters():
            p.requires_grad = place >= first and p.dim() > 1
    model.classifier.requires_grad_(True)
