from torch import nn


def add_head(network, classes):
    network.requires_grad_(False)
    network.classifier.append(nn.Linear(network.classifier[-1].out_features, classes))
    return network
