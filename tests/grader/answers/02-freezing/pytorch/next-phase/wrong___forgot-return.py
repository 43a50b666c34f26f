def start_phase(model, learning_rate):
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad])
    optimizer.zero_grad()
