def train_epoch_of(model, images, labels, batch_size):
    model.fit(images, labels, batch_size=batch_size, verbose=0)
