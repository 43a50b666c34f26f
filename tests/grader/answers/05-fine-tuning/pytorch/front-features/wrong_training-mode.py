def front_features(model, blocks, images):
    with torch.no_grad():
        return model.features[:blocks](images)
