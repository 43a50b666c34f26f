def phase_two(model, layers, rate):
    for layer in model.layers:
        layer.trainable = True
    own = model.get_layer("backbone").layers
    for place, layer in enumerate(own):
        late = place > len(own) - layers
        layer.trainable = late and not isinstance(layer, keras.layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
