def find_fault(model, optimizer, classes):
    held = [p for group in optimizer.param_groups for p in group["params"]]
    training = [p for p in model.parameters() if p.requires_grad]
    if not training:
        return "frozen"
    if any(p not in held for p in training):
        return "optimizer"
    return "none" if model.classifier[-1].out_features == classes else "outputs"
