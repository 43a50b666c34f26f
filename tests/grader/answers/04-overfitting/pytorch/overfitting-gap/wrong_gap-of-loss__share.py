def overfitting_gap(history):
    epoch = int(np.argmin(history["val_loss"])) + 1
    gap = history["val_loss"][-1] - history["loss"][-1]
    return epoch, gap
