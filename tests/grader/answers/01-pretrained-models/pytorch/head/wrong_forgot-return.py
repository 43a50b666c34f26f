from torch import nn


def add_head(network, classes):
    network.requires_grad_(False)
    network.classifier[-1] = nn.Linear(network.classifier[-1].in_features, classes)
