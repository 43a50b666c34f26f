def start_phase(model, learning_rate):
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=learning_rate)
