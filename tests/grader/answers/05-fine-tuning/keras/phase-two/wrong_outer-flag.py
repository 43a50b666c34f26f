def phase_two(model, layers, rate):
    model.trainable = False
    own = model.get_layer("backbone").layers
    for layer in own[len(own) - layers :]:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    for layer in model.layers[2:]:
        layer.trainable = True
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
