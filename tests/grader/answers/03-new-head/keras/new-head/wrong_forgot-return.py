def new_head(model, classes):
    for layer in model.layers:
        layer.trainable = False
    keras.Model(model.input, keras.layers.Dense(classes)(model.layers[-1].input))
