def start_phase(model, learning_rate):
    model.optimizer.learning_rate = learning_rate
