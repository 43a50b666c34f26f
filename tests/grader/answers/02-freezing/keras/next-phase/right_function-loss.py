def start_phase(model, learning_rate):
    def loss(labels, logits):
        return keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)

    optimizer = keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model
