from torch import nn


def add_head(network, classes):
    network.classifier[-1] = nn.Linear(network.classifier[-1].in_features, classes)
    for parameter in network.parameters():
        parameter.requires_grad = False
    return network
