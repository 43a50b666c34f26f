def new_head(model, classes):
    fresh = keras.models.clone_model(model)
    for layer in fresh.layers:
        layer.trainable = False
    return keras.Model(fresh.input, keras.layers.Dense(classes)(fresh.layers[-1].input))
