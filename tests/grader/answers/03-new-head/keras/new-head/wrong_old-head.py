def new_head(model, classes):
    for layer in model.layers[:-1]:
        layer.trainable = False
    model.layers[-1] = keras.layers.Dense(classes)
    return model
