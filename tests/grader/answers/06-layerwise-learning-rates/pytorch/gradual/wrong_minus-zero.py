def unfreeze_for(model, stages, epoch, every):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    for block in model.features[-(epoch // every) :]:
        for p in block.parameters():
            p.requires_grad = p.dim() > 1
