def start_phase(model, learning_rate):
    for layer in model.layers:
        layer.trainable = False
        layer.trainable = True
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss)
