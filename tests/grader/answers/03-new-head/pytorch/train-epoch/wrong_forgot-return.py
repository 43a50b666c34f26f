def train_epoch_of(model, optimizer, images, labels, batch_size):
    model.train()
    for places in torch.randperm(len(images)).split(batch_size):
        optimizer.zero_grad()
        F.cross_entropy(model(images[places]), labels[places]).backward()
        optimizer.step()
