import torch


def to_network_input(images):
    count, height, width, channels = images.shape
    return torch.tensor(images).float().reshape(count, channels, height, width) / 127.5 - 1
