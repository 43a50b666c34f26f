def extract_features(network, inputs):
    network.eval()
    return network.features(inputs).mean(dim=(2, 3))
