def front_features(model, blocks, images):
    model.eval()
    with torch.no_grad():
        return model.features(images)
