def phase_two(model, layers, rate):
    backbone = model.get_layer("backbone")
    for layer in [*model.layers, *backbone.layers]:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    for layer in model.layers:
        if layer is not backbone:
            layer.trainable = True
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
