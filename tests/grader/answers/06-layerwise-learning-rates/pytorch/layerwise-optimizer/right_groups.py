def layerwise_optimizer(model, stages, rate, decay):
    groups = []
    for place, stage in enumerate(stages):
        mine = [p for n, p in model.named_parameters() if n.startswith(stage + ".")]
        groups.append({"params": mine, "lr": rate * decay ** (len(stages) - place)})
    groups.append({"params": model.classifier.parameters(), "lr": rate})
    return torch.optim.Adam(groups)
