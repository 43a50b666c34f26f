def phase_two(model, layers, rate):
    convs = [m for m in model.features.modules() if isinstance(m, nn.Conv2d)]
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    for conv in convs[-1:]:
        conv.requires_grad_(True)
    convs[0].requires_grad_(True)
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=rate)
