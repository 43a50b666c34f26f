def start_phase(model, learning_rate):
    model.optimizer.learning_rate = learning_rate
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(model.optimizer, loss)
