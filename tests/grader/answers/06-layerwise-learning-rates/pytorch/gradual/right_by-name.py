def unfreeze_for(model, stages, epoch, every):
    still = max(0, len(stages) - epoch // every)
    is_open = {stage: place >= still for place, stage in enumerate(stages)}
    for name, p in model.named_parameters():
        stage = ".".join(name.split(".")[:2])
        p.requires_grad = is_open.get(stage, True) and (stage not in is_open or p.dim() > 1)
