import torch


def to_network_input(images):
    return torch.tensor((images / 127.5 - 1).transpose(0, 3, 1, 2))
