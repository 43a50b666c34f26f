class StopEarly(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            self.losses = []
        self.losses.append(logs["val_loss"])
        best = int(np.argmin(self.losses))
        if best == epoch:
            self.kept = [np.array(weight) for weight in self.model.get_weights()]
        self.model.stop_training = epoch - best >= self.patience

    def on_train_end(self, logs=None):
        self.model.set_weights(self.kept)
