def new_head(model, classes):
    model.trainable = False
    model.layers.pop()
    return keras.Model(model.input, keras.layers.Dense(classes)(model.output))
