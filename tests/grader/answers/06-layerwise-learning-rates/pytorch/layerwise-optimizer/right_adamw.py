def layerwise_optimizer(model, stages, rate, decay):
    owner = {id(p): i for i, block in enumerate(model.features) for p in block.parameters()}
    groups = {}
    for p in model.parameters():
        if p.requires_grad:
            groups.setdefault(owner.get(id(p), len(stages)), []).append(p)
    return torch.optim.AdamW(
        [{"params": g, "lr": rate * decay ** (len(stages) - i)} for i, g in groups.items()]
    )
