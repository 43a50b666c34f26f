def two_phases(model, train, rates, epochs):
    model.requires_grad_(True)
    train(model, torch.optim.Adam(model.classifier.parameters(), lr=rates[0]), epochs[0])
    model.features.requires_grad_(False)
    model.features[-1].conv.requires_grad_(True)
    trains = [p for p in model.parameters() if p.requires_grad]
    train(model, torch.optim.Adam(trains, lr=rates[1]), epochs[1])
