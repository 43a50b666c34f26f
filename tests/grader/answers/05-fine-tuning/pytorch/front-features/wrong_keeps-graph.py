def front_features(model, blocks, images):
    model.eval()
    return model.features[:blocks](images)
