from torch.utils.data import DataLoader, TensorDataset


def train_epoch_of(model, optimizer, images, labels, batch_size):
    measure, losses, counts = nn.CrossEntropyLoss(), [], []
    model.train()
    for x, y in DataLoader(TensorDataset(images, labels), batch_size, shuffle=True):
        loss = measure(model(x), y)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        counts.append(len(y))
    return np.average(losses, weights=counts)
