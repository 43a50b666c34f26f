import torch


def to_network_input(images):
    images -= 128
    return torch.tensor(images).permute(0, 3, 1, 2).float() / 127.5
