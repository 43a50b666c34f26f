def two_phases(model, train, rates, epochs):
    model.features.requires_grad_(False)
    model.classifier.requires_grad_(True)
    train(model, torch.optim.Adam(model.classifier.parameters(), lr=rates[0]), epochs[0])
    model.requires_grad_(True)
    train(model, torch.optim.Adam(model.parameters(), lr=rates[1]), epochs[1])
