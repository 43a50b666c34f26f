def fine_tune(model, train, val):
    from course.torch_kit import fit, freeze, unfreeze_last

    freeze(model.features)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    fit(model, train, val, optimizer=optimizer, epochs=4)
    unfreeze_last(model, 9)
    training = [p for p in model.parameters() if p.requires_grad]
    fit(model, train, val, optimizer=torch.optim.Adam(training, lr=1e-2), epochs=2)
