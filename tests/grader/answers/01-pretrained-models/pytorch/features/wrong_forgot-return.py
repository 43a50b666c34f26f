import torch


def extract_features(network, inputs):
    network.eval()
    with torch.no_grad():
        network.features(inputs).mean(dim=(2, 3))
