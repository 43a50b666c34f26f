def layerwise_optimizer(model, stages, rate, decay):
    groups = [{"params": model.classifier.parameters()}]
    for place, block in enumerate(reversed(model.features), start=1):
        groups.append({"params": block.parameters(), "rate": rate * decay**place})
    return torch.optim.Adam(groups, lr=rate)
