from course.torch_kit import fit, freeze, unfreeze, unfreeze_last


def fine_tune(model, train, val):
    freeze(model)
    unfreeze(model.classifier)
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=1e-2)
    first = fit(model, train, val, optimizer=optimizer, epochs=5)
    unfreeze_last(model, 9)
    training = [p for p in model.parameters() if p.requires_grad]
    second = fit(model, train, val, optimizer=torch.optim.Adam(training, lr=1e-3), epochs=3)
    return {name: first[name] + second[name] for name in first}
