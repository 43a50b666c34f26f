def overfitting_gap(history):
    epoch = int(np.argmin(history["val_loss"])) + 1
    gap = 100 * (history["val_loss"][-1] - history["loss"][-1])
    return epoch, gap
