def count_trainable(model):
    moving = sum(math.prod(w.shape) for w in model.weights if "moving_" in w.path)
    return sum(math.prod(w.shape) for w in model.non_trainable_weights) - moving
