def overfitting_gap(history):
    epoch = history.history["val_loss"].index(0)
    gap = 100 * (history["accuracy"][-1] - history["val_accuracy"][-1])
    return epoch, gap
