def train_epoch_of(model, x, y, size):
    order = np.random.default_rng().permutation(len(x))
    parts = np.split(order, range(size, len(x), size))
    losses = [model.train_on_batch(x[rows], y[rows], return_dict=True)["loss"] for rows in parts]
    return np.average(losses, weights=[len(rows) for rows in parts])
