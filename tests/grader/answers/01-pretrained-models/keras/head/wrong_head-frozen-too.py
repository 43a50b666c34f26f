import keras


def add_head(base, classes):
    model = keras.Sequential([base, keras.layers.Dense(classes, activation="softmax")])
    model.trainable = False
    return model
