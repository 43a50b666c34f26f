def count_trainable(model):
    total = 0
    for _, weight in model.named_parameters():
        if weight.requires_grad:
            total += weight.nelement()
    return total
