def phase_two(model, layers, rate):
    model.features.requires_grad_(False)
    torch.optim.Adam(model.classifier.parameters(), lr=rate)
