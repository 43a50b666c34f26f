def train_head(views, labels, val_features, val_labels):
    head = keras.Sequential(
        [
            keras.Input((views.shape[2],)),
            keras.layers.Dense(2, kernel_initializer="zeros"),
        ]
    )
    return head
