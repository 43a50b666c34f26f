def count_trainable(model):
    sizes = [np.prod(w.shape) for w in filter(lambda w: w.requires_grad, model.parameters())]
    return int(np.sum(sizes))
