from torch import nn


def add_head(network, classes):
    body = network.features.requires_grad_(False)
    width = network.classifier[-1].in_features
    return nn.Sequential(
        body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(width, classes)
    )
