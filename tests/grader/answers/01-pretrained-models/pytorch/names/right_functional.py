import torch
from torch.nn import functional as F


@torch.no_grad()
def predict_names(model, inputs, class_names):
    logits = model.eval()(inputs)
    names = [class_names[row.argmax().item()] for row in logits]
    return names, F.softmax(logits, dim=-1).numpy()
