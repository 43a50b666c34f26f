def overfitting_gap(history):
    epoch = int(np.argmin(history["val_loss"])) + 1
    gap = 100 * (history["accuracy"][epoch - 1] - history["val_accuracy"][epoch - 1])
    return epoch, gap
