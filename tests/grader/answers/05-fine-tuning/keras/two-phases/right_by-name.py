def two_phases(model, train, rates, epochs):
    def compile_at(rate):
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer=keras.optimizers.Adam(learning_rate=rate), loss=loss)

    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        layer.trainable = False
    compile_at(rates[0])
    train(model, epochs[0])
    last = [n for n in model.get_layer("backbone").layers if isinstance(n, keras.layers.Conv2D)][-1]
    last.trainable = True
    compile_at(rates[1])
    train(model, epochs[1])
