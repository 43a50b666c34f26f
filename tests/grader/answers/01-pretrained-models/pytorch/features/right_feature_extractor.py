import torch
from torchvision.models.feature_extraction import create_feature_extractor


def extract_features(network, inputs):
    extractor = create_feature_extractor(network.eval(), ["flatten"])
    with torch.no_grad():
        return extractor(inputs)["flatten"]
