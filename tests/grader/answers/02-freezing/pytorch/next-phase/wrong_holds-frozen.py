def start_phase(model, learning_rate):
    return torch.optim.Adam(model.parameters(), lr=learning_rate)
