def count_trainable(model):
    return sum(p.numel() for p in model if p.requires_grad)
