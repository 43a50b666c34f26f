def new_head(model, classes):
    made = keras.Model(model.input, keras.layers.Dense(classes)(model.layers[-1].input))
    made.trainable = False
    return made
