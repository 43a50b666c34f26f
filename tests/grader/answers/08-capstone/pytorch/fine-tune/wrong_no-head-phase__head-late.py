def fine_tune(model, train, val):
    from course.torch_kit import fit, hold_batchnorm

    hold_batchnorm(model.features.requires_grad_(True))
    training = [p for p in model.parameters() if p.requires_grad]
    return fit(model, train, val, optimizer=torch.optim.Adam(training, lr=1e-4), epochs=3)
