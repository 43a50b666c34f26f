def two_phases(model, train, rates, epochs):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    backbone = model.get_layer("backbone")
    for layer in model.layers:
        layer.trainable = layer is not backbone
    model.compile(keras.optimizers.Adam(rates[0]), loss)
    train(model, epochs[0])
    backbone.trainable = True
    for layer in backbone.layers:
        late = layer in backbone.layers[-4:]
        layer.trainable = late and not isinstance(layer, keras.layers.BatchNormalization)
    model.optimizer.learning_rate = rates[1]
    train(model, epochs[1])
