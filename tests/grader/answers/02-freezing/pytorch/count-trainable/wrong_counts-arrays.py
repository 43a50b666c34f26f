def count_trainable(model):
    return sum(p.requires_grad for p in model.parameters())
