import copy


class StopEarly:
    def __init__(self, patience):
        self.patience, self.last, self.lowest, self.waited = patience, math.inf, math.inf, 0

    def should_stop(self, model, val_loss):
        self.waited = 0 if val_loss < self.last else self.waited + 1
        if val_loss < self.lowest:
            self.lowest, self.best = val_loss, copy.deepcopy(model.state_dict())
        self.last = val_loss
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.best)
