def start_phase(model, learning_rate):
    return torch.optim.Adam(model.classifier.parameters(), lr=learning_rate)
