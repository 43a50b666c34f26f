def count_trainable(model):
    return int(sum(np.prod(v.shape) for v in model.trainable_variables))
