def new_head(model, classes):
    for layer in model.layers:
        layer.trainable = False
    head = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(model.input, head(model.layers[-1].input))
