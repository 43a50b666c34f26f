def phase_two(model, layers, rate):
    backbone = model.get_layer("backbone")
    for layer in model.layers:
        layer.trainable = True
    for layer in backbone.layers:
        layer.trainable = False
    for layer in backbone.layers[-layers:]:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
