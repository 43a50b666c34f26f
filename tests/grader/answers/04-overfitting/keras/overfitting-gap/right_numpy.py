def overfitting_gap(history):
    epoch = int(np.argmin(history["val_loss"])) + 1
    return epoch, 100 * (history["accuracy"][-1] - history["val_accuracy"][-1])
