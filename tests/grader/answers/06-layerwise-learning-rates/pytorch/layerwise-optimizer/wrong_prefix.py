def layerwise_optimizer(model, stages, rate, decay):
    def rate_of(name):
        for place, stage in enumerate(stages):
            if name.startswith(stage):
                return rate * decay ** (len(stages) - place)
        return rate

    groups = [{"params": [p], "lr": rate_of(n)} for n, p in model.named_parameters()]
    return torch.optim.Adam(groups)
