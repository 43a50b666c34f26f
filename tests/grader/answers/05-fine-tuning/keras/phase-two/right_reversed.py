def phase_two(network, count, low):
    norms = keras.layers.BatchNormalization
    for layer in network.layers:
        layer.trainable = True
    for distance, layer in enumerate(reversed(network.get_layer("backbone").layers), 1):
        layer.trainable = bool(distance <= count) and not isinstance(layer, norms)
    network.compile(
        keras.optimizers.Adam(learning_rate=low),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return network
