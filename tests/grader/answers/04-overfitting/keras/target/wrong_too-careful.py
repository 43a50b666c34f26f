def train_head(views, labels, val_features, val_labels):
    middles = views[0][[int(np.flatnonzero(labels == name)[0]) for name in (0, 1)]]
    head = keras.Sequential([keras.Input((views.shape[2],)), keras.layers.Dense(2)])
    head.set_weights([middles.T, -0.5 * (middles**2).sum(axis=1)])
    return head
