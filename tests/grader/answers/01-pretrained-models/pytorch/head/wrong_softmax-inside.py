from torch import nn


def add_head(network, classes):
    network.requires_grad_(False)
    width = network.classifier[-1].in_features
    network.classifier = nn.Sequential(nn.Linear(width, classes), nn.Softmax(dim=1))
    return network
