def unfreeze_for(model, stages, epoch, every):
    for place, block in enumerate(model.features):
        for p in block.parameters():
            p.requires_grad = place < epoch // every and p.dim() > 1
    model.classifier.requires_grad_(True)
