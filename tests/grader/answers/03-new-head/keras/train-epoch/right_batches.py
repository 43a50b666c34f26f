def train_epoch_of(model, images, labels, batch_size):
    order = np.random.permutation(len(images))
    total = 0.0
    for start in range(0, len(images), batch_size):
        places = order[start : start + batch_size]
        total += float(model.train_on_batch(images[places], labels[places])) * len(places)
    return total / len(images)
