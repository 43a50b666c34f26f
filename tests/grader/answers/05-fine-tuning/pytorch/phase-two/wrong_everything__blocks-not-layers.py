def phase_two(model, layers, rate):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    first = max(0, len(model.features) - layers)
    for block in model.features[first:]:
        for p in block.parameters():
            p.requires_grad = p.ndim > 1
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=rate)
