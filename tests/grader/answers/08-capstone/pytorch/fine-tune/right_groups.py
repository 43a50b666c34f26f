def fine_tune(model, train, val):
    from course.torch_kit import fit, hold_batchnorm

    model.features.requires_grad_(False)
    head = list(model.classifier.parameters())
    for p in head:
        p.requires_grad = True
    curves = fit(model, train, val, optimizer=torch.optim.AdamW(head, lr=5e-3), epochs=6)
    late = model.features[5:].requires_grad_(True)
    hold_batchnorm(late)
    late = [p for p in late.parameters() if p.requires_grad]
    groups = [{"params": head, "lr": 1e-3}, {"params": late, "lr": 1e-4}]
    more = fit(model, train, val, optimizer=torch.optim.AdamW(groups), epochs=3)
    return {key: [*curves[key], *more[key]] for key in curves}
