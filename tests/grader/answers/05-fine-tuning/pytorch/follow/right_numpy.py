def follow(network, image, labels):
    network.eval()
    with torch.inference_mode():
        shapes, maps = [], image.unsqueeze(0)
        for part in network.features.children():
            maps = part(maps)
            shapes.append(list(maps.shape))
        logits = network.classifier(F.adaptive_avg_pool2d(maps, 1).flatten(1)).numpy()[0]
    powers = np.exp(logits - logits.max())
    chances = powers / powers.sum()
    return shapes, labels[chances.argmax()], chances.max()
