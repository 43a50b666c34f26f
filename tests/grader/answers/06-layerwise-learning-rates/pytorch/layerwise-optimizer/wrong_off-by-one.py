def layerwise_optimizer(model, stages, rate, decay):
    groups = [{"params": model.classifier.parameters(), "lr": rate}]
    for place, block in enumerate(reversed(model.features)):
        groups.append({"params": block.parameters(), "lr": rate * decay**place})
    return torch.optim.Adam(groups)
