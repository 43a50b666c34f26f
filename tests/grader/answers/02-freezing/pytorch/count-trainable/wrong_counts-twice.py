def count_trainable(model):
    flags = dict(model.named_parameters(remove_duplicate=False))
    return sum(p.numel() for p in flags.values() if p.requires_grad)
