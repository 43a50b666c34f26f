class StopEarly:
    def __init__(self, patience):
        self.patience = patience
        self.losses = []

    def should_stop(self, model, val_loss):
        if not self.losses or val_loss < min(self.losses):
            self.kept = {name: array.clone() for name, array in model.state_dict().items()}
            self.best = len(self.losses)
        self.losses.append(val_loss)
        return len(self.losses) - 1 - self.best >= self.patience

    def restore(self, model):
        model.load_state_dict(self.kept)
