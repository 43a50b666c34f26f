def count_trainable(model):
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)
