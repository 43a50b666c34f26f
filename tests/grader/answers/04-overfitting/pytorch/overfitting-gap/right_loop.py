def overfitting_gap(history):
    best = 0
    for at, loss in enumerate(history["val_loss"]):
        if loss < history["val_loss"][best]:
            best = at
    gap = history["accuracy"][-1] - history["val_accuracy"][-1]
    return best + 1, round(100 * gap, 1)
