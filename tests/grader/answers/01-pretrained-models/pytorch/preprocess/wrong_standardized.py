import numpy as np
import torch


def to_network_input(images):
    x = (images / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    return torch.tensor(x.astype(np.float32)).permute(0, 3, 1, 2)
