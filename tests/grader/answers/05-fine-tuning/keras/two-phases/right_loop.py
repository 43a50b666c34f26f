def two_phases(model, train, rates, epochs):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    own = model.get_layer("backbone").layers
    for rate, count, late in zip(rates, epochs, (0, 4), strict=True):
        for layer in model.layers:
            layer.trainable = True
        for place, layer in enumerate(own):
            norm = isinstance(layer, keras.layers.BatchNormalization)
            layer.trainable = place >= len(own) - late and not norm
        model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
        train(model, count)
