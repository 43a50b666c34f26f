def find_fault(model, optimizer, classes):
    if model.classifier[-1].weight.shape[0] != classes:
        return "outputs"
    held = set()
    for group in optimizer.param_groups:
        held |= set(group["params"])
    training = {p for p in model.parameters() if p.requires_grad}
    if training - held:
        return "optimizer"
    return "none" if training else "frozen"
