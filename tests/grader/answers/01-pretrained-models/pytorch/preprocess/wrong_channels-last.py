import torch


def to_network_input(images):
    return torch.tensor(images).float() / 127.5 - 1
