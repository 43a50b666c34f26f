def count_trainable(model):
    return sum(layer.count_params() for layer in model.layers if layer.trainable)
