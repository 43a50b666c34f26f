def find_fault(model, optimizer, classes):
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    training = {id(p) for p in model.parameters() if p.requires_grad}
    if not training:
        return "frozen"
    if model.classifier[-1].out_features != classes:
        return "outputs"
    return "none" if held == training else "optimizer"
