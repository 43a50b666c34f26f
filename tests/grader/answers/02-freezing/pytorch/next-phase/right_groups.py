from torch import optim


def start_phase(model, lr):
    head = [p for p in model.classifier.parameters() if p.requires_grad]
    rest = [p for p in model.features.parameters() if p.requires_grad]
    groups = [{"params": group, "lr": lr} for group in (head, rest) if group]
    return optim.Adam(groups, lr=1.0)
