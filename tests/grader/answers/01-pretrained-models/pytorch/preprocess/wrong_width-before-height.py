import torch


def to_network_input(images):
    return torch.tensor(images.T.copy()).permute(3, 0, 1, 2).float() / 127.5 - 1
