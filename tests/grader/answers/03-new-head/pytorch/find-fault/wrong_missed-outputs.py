def find_fault(model, optimizer, classes):
    training = [p for p in model.parameters() if p.requires_grad]
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    if not training:
        return "frozen"
    if any(id(p) not in held for p in training):
        return "optimizer"
    return "none" if model.classifier[-1].out_features >= classes else "outputs"
