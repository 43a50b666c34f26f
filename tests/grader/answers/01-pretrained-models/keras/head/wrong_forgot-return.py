import keras


def add_head(base, classes):
    base.trainable = False
    keras.Sequential([base, keras.layers.Dense(classes, activation="softmax")])
