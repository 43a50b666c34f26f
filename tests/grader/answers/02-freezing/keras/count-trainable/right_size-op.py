def count_trainable(model):
    return sum(keras.ops.size(w) for w in model.trainable_weights)
