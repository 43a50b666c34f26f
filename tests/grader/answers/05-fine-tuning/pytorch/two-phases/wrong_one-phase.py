def two_phases(model, train, rates, epochs):
    model.features.requires_grad_(False)
    model.classifier.requires_grad_(True)
    model.features[-1].conv.requires_grad_(True)
    trains = [p for p in model.parameters() if p.requires_grad]
    train(model, torch.optim.Adam(trains, lr=rates[1]), sum(epochs))
