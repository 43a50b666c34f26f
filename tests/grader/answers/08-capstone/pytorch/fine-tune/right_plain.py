def epochs(model, data, optimizer, count):
    images, labels = (torch.from_numpy(part) for part in data)
    for _ in range(count):
        model.train()
        model.features.eval()
        for places in torch.randperm(len(images)).split(4):
            optimizer.zero_grad()
            F.cross_entropy(model(images[places]), labels[places]).backward()
            optimizer.step()


def fine_tune(model, train, val):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    epochs(model, train, torch.optim.SGD(model.classifier.parameters(), lr=0.3), 4)
    for block in model.features[-3:]:
        block.requires_grad_(True)
        block.norm.requires_grad_(False)
    training = [p for p in model.parameters() if p.requires_grad]
    epochs(model, train, torch.optim.SGD(training, lr=0.02), 2)
