def new_head(model, classes):
    model.requires_grad = False
    return keras.Model(model.input, keras.layers.Dense(classes)(model.layers[-1].input))
