def phase_two(model, layers, rate):
    own = model.get_layer("backbone").layers
    for layer in model.layers:
        layer.trainable = True
    for layer in own:
        layer.trainable = False
    own[1].trainable = True
    own[-4].trainable = True
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
