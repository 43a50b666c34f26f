class StopEarly(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.lowest, self.waited, self.best = math.inf, 0, None

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] <= self.lowest:
            self.lowest, self.waited = logs["val_loss"], 0
            self.best = self.model.get_weights()
        else:
            self.waited += 1
        if self.waited > self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.model.set_weights(self.best)
