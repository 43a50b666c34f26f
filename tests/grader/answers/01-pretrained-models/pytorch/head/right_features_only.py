from torch import nn


def add_head(network, classes):
    network.features.requires_grad_(False)
    width = network.classifier[-1].in_features
    network.classifier = nn.Linear(width, classes)
    return network
