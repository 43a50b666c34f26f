def phase_two(model, layers, rate):
    for layer in model.layers:
        layer.trainable = True
    for place, layer in enumerate(model.get_layer("backbone").layers):
        early = place < layers
        layer.trainable = early and not isinstance(layer, keras.layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
