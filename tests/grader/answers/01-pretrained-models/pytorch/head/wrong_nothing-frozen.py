from torch import nn


def add_head(network, classes):
    network.trainable = False  # an attribute of this name means nothing to PyTorch
    network.classifier[-1] = nn.Linear(network.classifier[-1].in_features, classes)
    return network
