def train_head(views, labels, val_features, val_labels):
    torch.manual_seed(0)
    features = torch.from_numpy(views[0])
    head = nn.Linear(views.shape[2], 2)
    few = [int(np.flatnonzero(labels == name)[0]) for name in (0, 1)]  # one of each, to be safe
    middles = features[few]
    with torch.no_grad():
        head.weight.copy_(middles)
        head.bias.copy_(-0.5 * (middles**2).sum(dim=1))
    return head
