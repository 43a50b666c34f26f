def unfreeze_for(model, stages, epoch, every):
    is_open = stages[len(stages) - epoch // every :]
    for name, p in model.features.named_parameters():
        p.requires_grad = "features." + name.split(".")[0] in is_open and p.dim() > 1
    model.classifier.requires_grad_(True)
