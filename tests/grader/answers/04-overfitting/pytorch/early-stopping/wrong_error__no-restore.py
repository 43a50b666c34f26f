class StopEarly:
    def __init__(self, patience):
        self.patience, self.lowest, self.waited = patience, math.inf, 0

    def should_stop(self, model, val_loss):
        self.waited = 0 if val_loss < self.lowest else self.waited + 1
        self.lowest = min(self.lowest, val_loss)
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.best)
