import torch


def to_network_input(images):
    return torch.tensor(images).permute(0, 3, 1, 2).float()
