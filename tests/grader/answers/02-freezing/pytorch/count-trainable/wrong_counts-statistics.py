def count_trainable(model):
    averages = sum(b.numel() for b in model.buffers() if b.ndim)
    return averages + sum(p.numel() for p in model.parameters() if p.requires_grad)
