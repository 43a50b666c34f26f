def train_epoch_of(model, optimizer, images, labels, batch_size):
    model.train()
    images = images[torch.randperm(len(images))]
    total = 0.0
    for x, y in zip(images.split(batch_size), labels.split(batch_size), strict=True):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
    return total / len(labels)
