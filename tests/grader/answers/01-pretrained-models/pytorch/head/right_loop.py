from torch import nn


def add_head(network, classes):
    for parameter in network.parameters():
        parameter.requires_grad = False
    network.classifier[1] = nn.Linear(network.classifier[1].in_features, classes)
    return network
