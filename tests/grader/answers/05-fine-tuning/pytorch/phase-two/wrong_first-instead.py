def phase_two(model, layers, rate):
    leaves = [m for m in model.features.modules() if not list(m.children())]
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    for leaf in leaves[:layers]:
        leaf.requires_grad_(not isinstance(leaf, nn.BatchNorm2d))
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=rate)
