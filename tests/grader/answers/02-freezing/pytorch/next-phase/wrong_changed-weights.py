def start_phase(model, learning_rate):
    # A fresh start for what trains next: it throws away what the phase before has learned.
    for p in model.parameters():
        if p.requires_grad:
            nn.init.normal_(p, std=0.01)
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=learning_rate)
