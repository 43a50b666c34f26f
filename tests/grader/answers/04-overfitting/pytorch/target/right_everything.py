def train_head(views, labels, val_features, val_labels):
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    head = nn.Sequential(nn.Dropout(0.5), nn.Linear(views.shape[2], 2))
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-2, weight_decay=3.0)
    targets, rows = torch.from_numpy(labels), np.arange(len(labels))
    others, wanted = torch.from_numpy(val_features), torch.from_numpy(val_labels)
    lowest, best = math.inf, None
    for epoch in range(30):
        chosen = rng.integers(len(views), size=len(labels))
        inputs = torch.from_numpy(views[chosen, rows])
        head.train()
        for batch in torch.randperm(len(labels)).split(20):
            loss = F.cross_entropy(head(inputs[batch]), targets[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        head.eval()
        with torch.no_grad():
            val_loss = F.cross_entropy(head(others), wanted).item()
        if val_loss < lowest:
            lowest = val_loss
            best = {name: array.clone() for name, array in head.state_dict().items()}
    head.load_state_dict(best)
    return head
