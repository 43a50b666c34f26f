def front_features(model, blocks, images):
    model.eval()
    with torch.no_grad():
        maps = model.features[:blocks](images)
        return maps.permute(0, 2, 3, 1)
