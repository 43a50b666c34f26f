def two_phases(model, train, rates, epochs):
    model.features.requires_grad_(False)
    model.classifier.requires_grad_(True)
    train(model, torch.optim.Adam(model.classifier.parameters(), lr=rates[0]), epochs[0])
    for layer in model.features[-1].modules():
        if isinstance(layer, nn.Conv2d):
            layer.requires_grad_(True)
    trains = [p for p in model.parameters() if p.requires_grad]
    train(model, torch.optim.Adam(trains, lr=rates[1]), epochs[1])
