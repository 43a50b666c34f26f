def phase_two(model, layers, rate):
    leaves = [m for m in model.features.modules() if not list(m.children())]
    late = leaves[-layers:] if layers else []
    for p in model.features.parameters():
        p.requires_grad_(False)
    chosen = [p for m in late if isinstance(m, nn.Conv2d) for p in m.parameters()]
    for p in [*chosen, *model.classifier.parameters()]:
        p.requires_grad_(True)
    groups = [{"params": list(model.classifier.parameters())}]
    if chosen:
        groups.append({"params": chosen})
    return torch.optim.Adam(groups, lr=rate)
