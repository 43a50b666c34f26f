def overfitting_gap(history):
    epoch = int(np.argmin(history["val_loss"])) + 1
    gap = 100 * (history["val_accuracy"][-1] - history["accuracy"][-1])
    return epoch, gap
