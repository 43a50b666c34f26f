def two_phases(model, train, rates, epochs):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    backbone = model.get_layer("backbone")
    for layer in model.layers:
        layer.trainable = layer is not backbone
    train(model, epochs[0])
    model.compile(keras.optimizers.Adam(rates[1]), loss)
    train(model, epochs[1])
