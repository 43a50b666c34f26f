def new_head(model, classes):
    below = keras.Model(model.inputs, model.layers[-2].output)
    below.trainable = False
    return keras.Sequential([below, keras.layers.Dense(classes, name="flowers")])
