def phase_two(model, layers, rate):
    for layer in model.layers:
        layer.trainable = True
    own = model.get_layer("backbone").layers
    for place, layer in enumerate(own):
        layer.trainable = place >= len(own) - layers
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
