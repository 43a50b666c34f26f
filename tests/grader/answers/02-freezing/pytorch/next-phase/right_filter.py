def start_phase(model, learning_rate):
    training = filter(lambda p: p.requires_grad, model.parameters())
    return torch.optim.Adam(training, learning_rate)
