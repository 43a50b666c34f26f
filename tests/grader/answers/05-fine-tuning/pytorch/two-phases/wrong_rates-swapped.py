def two_phases(model, train, rates, epochs):
    model.features.requires_grad_(False)
    model.classifier.requires_grad_(True)
    train(model, torch.optim.Adam(model.classifier.parameters(), lr=rates[1]), epochs[0])
    model.features[-1].conv.requires_grad_(True)
    trains = [p for p in model.parameters() if p.requires_grad]
    train(model, torch.optim.Adam(trains, lr=rates[0]), epochs[1])
