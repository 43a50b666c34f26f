import torch


def extract_features(network, inputs):
    network.eval()
    with torch.no_grad():
        return network.features(inputs).flatten(1)
