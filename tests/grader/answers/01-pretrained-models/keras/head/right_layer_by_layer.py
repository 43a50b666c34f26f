import keras


def add_head(base, classes):
    for layer in base.layers:
        layer.trainable = False
    scores = keras.layers.Dense(classes)(base.output)
    return keras.Model(base.input, keras.layers.Softmax()(scores))
