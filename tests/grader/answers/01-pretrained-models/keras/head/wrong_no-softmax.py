import keras


def add_head(base, classes):
    base.trainable = False
    return keras.Sequential([base, keras.layers.Dense(classes)])
