def phase_two(network, count, low_rate):
    for p in network.classifier.parameters():
        p.requires_grad = True
    leaves = [m for m in network.features.modules() if next(m.children(), None) is None]
    for distance, leaf in enumerate(reversed(leaves), start=1):
        still = "BatchNorm" in type(leaf).__name__
        for p in leaf.parameters():
            p.requires_grad = distance <= count and not still
    return torch.optim.Adam(filter(lambda p: p.requires_grad, network.parameters()), low_rate)
