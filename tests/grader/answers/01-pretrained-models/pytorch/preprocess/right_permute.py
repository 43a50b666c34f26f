import torch


def to_network_input(images):
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1
