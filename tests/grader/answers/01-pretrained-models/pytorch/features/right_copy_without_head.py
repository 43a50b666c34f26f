import copy

from torch import nn


def extract_features(network, inputs):
    headless = copy.deepcopy(network).eval()
    headless.classifier = nn.Identity()
    return headless(inputs).detach()
