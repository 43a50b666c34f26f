def layerwise_optimizer(model, stages, rate, decay):
    def below(name):
        part, number, *_ = name.split(".")
        return len(stages) - int(number) if part == "features" else 0

    return torch.optim.Adam(
        [{"params": [p], "lr": rate * decay ** below(n)} for n, p in model.named_parameters()]
    )
