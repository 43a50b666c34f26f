def phase_two(model, layers, rate):
    leaves = [m for m in model.features.modules() if not list(m.children())]
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    for leaf in leaves[len(leaves) - layers :]:
        if not isinstance(leaf, nn.BatchNorm2d):
            leaf.requires_grad_(True)
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=rate)
