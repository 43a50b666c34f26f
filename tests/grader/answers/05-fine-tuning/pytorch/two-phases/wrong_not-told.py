def two_phases(model, train, rates, epochs):
    model.features.requires_grad_(False)
    model.classifier.requires_grad_(True)
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=rates[0])
    train(model, optimizer, epochs[0])
    model.features[-1].conv.requires_grad_(True)
    for group in optimizer.param_groups:
        group["lr"] = rates[1]
    train(model, optimizer, epochs[1])
