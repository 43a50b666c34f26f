def find_fault(model, optimizer, classes):
    def known(parameter):
        return any(parameter is p for group in optimizer.param_groups for p in group["params"])

    flags = [p.requires_grad for p in model.parameters()]
    if sum(flags) == 0:
        return "frozen"
    for p in model.parameters():
        if p.requires_grad and not known(p):
            return "optimizer"
    if len(model.classifier[-1].bias) != classes:
        return "outputs"
    return "none"
