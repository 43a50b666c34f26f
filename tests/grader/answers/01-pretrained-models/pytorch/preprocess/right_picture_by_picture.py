import numpy as np
import torch


def to_network_input(images):
    planes = [[image[:, :, channel] for channel in range(3)] for image in images]
    return torch.as_tensor(np.array(planes), dtype=torch.float32) * (2 / 255) - 1
