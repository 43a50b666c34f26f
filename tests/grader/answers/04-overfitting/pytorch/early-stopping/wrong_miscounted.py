import copy


class StopEarly:
    def __init__(self, patience):
        self.patience, self.lowest, self.waited, self.best = patience, math.inf, 0, None

    def should_stop(self, model, val_loss):
        if val_loss <= self.lowest:
            self.lowest, self.waited = val_loss, 0
            self.best = copy.deepcopy(model.state_dict())
        else:
            self.waited += 1
        return self.waited > self.patience

    def restore(self, model):
        model.load_state_dict(self.best)
