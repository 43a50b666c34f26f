def start_phase(model, learning_rate):
    model.requires_grad_(True)
    return torch.optim.Adam(model.parameters(), lr=learning_rate)
