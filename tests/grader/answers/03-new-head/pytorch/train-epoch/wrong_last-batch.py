def train_epoch_of(model, optimizer, images, labels, batch_size):
    model.train()
    order = torch.randperm(len(images))
    for places in order.split(batch_size):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[places]), labels[places])
        loss.backward()
        optimizer.step()
        last = loss.item()
    return last
