def find_fault(model, classes):
    side = model.input_shape[1]
    made = model.predict(np.random.normal(size=(7, side, side, 3)) * 9, verbose=0)
    if made.shape[1] != classes:
        return "outputs"
    if len(model.trainable_weights) == 0:
        return "frozen"
    sums_to_one = np.allclose(made.sum(axis=1), 1, atol=1e-3) and made.min() >= 0
    return "none" if sums_to_one != model.loss.from_logits else "loss"
