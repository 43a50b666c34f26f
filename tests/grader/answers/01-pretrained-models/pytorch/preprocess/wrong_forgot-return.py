import torch


def to_network_input(images):
    inputs = torch.tensor(images).permute(0, 3, 1, 2).float() / 127.5 - 1
    print(inputs.shape)
