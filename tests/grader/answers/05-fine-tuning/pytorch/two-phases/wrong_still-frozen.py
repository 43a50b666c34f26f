def two_phases(model, train, rates, epochs):
    model.features.requires_grad_(False)
    model.classifier.requires_grad_(True)
    for rate, count in zip(rates, epochs, strict=True):
        train(model, torch.optim.Adam(model.classifier.parameters(), lr=rate), count)
