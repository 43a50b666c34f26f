def train_head(views, labels, val_features, val_labels):
    keras.utils.set_random_seed(0)
    head = keras.Sequential(
        [
            keras.Input((views.shape[2],)),
            keras.layers.Dropout(0),
            keras.layers.Dense(2),
        ]
    )
    head.compile(
        keras.optimizers.AdamW(1e-2, weight_decay=0.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    shown = views[:1]
    head.fit(
        shown.reshape(-1, views.shape[2]),
        np.tile(labels, len(shown)),
        batch_size=20,
        verbose=0,
        epochs=60 // len(shown) + 1,
        validation_data=(val_features, val_labels),
        callbacks=[],
    )
    return head
