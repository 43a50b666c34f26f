import copy


class StopEarly:
    def __init__(self, patience):
        self.patience, self.lowest, self.waited, self.best = patience, math.inf, 0, None

    def should_stop(self, model, val_loss):
        if val_loss < self.lowest:
            self.lowest, self.waited = val_loss, 0
            self.best = [p.detach().clone() for p in model.parameters()]
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, model):
        with torch.no_grad():
            for array, value in zip(model.parameters(), self.best):
                array.copy_(value)
