def train_epoch_of(model, images, labels, batch_size):
    run = model.fit(images, labels, batch_size=batch_size, shuffle=False, verbose=0)
    return run.history["loss"][0]
