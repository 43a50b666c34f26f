def phase_two(model, layers, rate):
    model.trainable = True
    backbone = model.get_layer("backbone")
    backbone.trainable = True
    for layer in model.layers:
        layer.trainable = True
    first = len(backbone.layers) - layers
    for layer in backbone.layers[first:]:
        layer.trainable = True
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    for layer in backbone.layers[:first]:
        layer.trainable = False
    optimizer = keras.optimizers.Adam()
    optimizer.learning_rate = rate
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
