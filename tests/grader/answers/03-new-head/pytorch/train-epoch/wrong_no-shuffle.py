def train_epoch_of(model, optimizer, images, labels, batch_size):
    model.train()
    total = 0.0
    order = torch.arange(len(images))
    for places in order.split(batch_size):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[places]), labels[places])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(places)
    return total / len(images)
