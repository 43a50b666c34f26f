def overfitting_gap(history):
    losses = history["val_loss"]
    return [
        1 + losses.index(min(losses)),
        np.float32((history["accuracy"][-1] - history["val_accuracy"][-1]) * 100),
    ]
