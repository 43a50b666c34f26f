def count_trainable(model):
    return model.count_params()
