def overfitting_gap(history):
    return 100 * (history["accuracy"][-1] - history["val_accuracy"][-1])
