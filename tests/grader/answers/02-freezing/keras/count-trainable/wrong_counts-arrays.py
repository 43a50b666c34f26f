def count_trainable(model):
    return len(model.trainable_weights)
