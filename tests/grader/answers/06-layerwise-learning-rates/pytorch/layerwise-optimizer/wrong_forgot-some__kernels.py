def layerwise_optimizer(model, stages, rate, decay):
    groups = [{"params": model.classifier.parameters(), "lr": rate}]
    for place, block in enumerate(reversed(model.features), start=1):
        kernels = [p for p in block.parameters() if p.dim() > 1]  # BatchNorm is left out
        groups.append({"params": kernels, "lr": rate * decay**place})
    return torch.optim.Adam(groups)
