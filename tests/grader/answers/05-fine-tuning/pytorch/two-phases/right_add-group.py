def two_phases(model, train, rates, epochs):
    for p in model.features.parameters():
        p.requires_grad = False
    for p in model.classifier.parameters():
        p.requires_grad = True
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=rates[0])
    train(model, optimizer, epochs[0])
    model.features[-1].conv.requires_grad_(True)
    optimizer.param_groups[0]["lr"] = rates[1]
    optimizer.add_param_group({"params": model.features[-1].conv.parameters(), "lr": rates[1]})
    train(model, optimizer, epochs[1])
