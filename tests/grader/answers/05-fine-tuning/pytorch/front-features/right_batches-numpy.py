def front_features(model, blocks, images):
    front = nn.Sequential(*list(model.features.children())[:blocks]).eval()
    with torch.no_grad():
        return torch.cat([front(batch) for batch in images.split(2)]).numpy()
