import numpy as np
import torch


def to_network_input(images):
    scaled = (images.astype(np.float32) - 127.5) / 127.5
    return torch.tensor(scaled.transpose(0, 3, 1, 2))
