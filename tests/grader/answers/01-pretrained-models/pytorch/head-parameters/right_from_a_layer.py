from torch import nn


def head_parameters(features, classes):
    return sum(parameter.numel() for parameter in nn.Linear(features, classes).parameters())
