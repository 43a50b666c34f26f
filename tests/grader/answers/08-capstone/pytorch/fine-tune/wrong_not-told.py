def fine_tune(model, train, val):
    images, labels = (torch.from_numpy(part) for part in train)
    model.features.requires_grad_(False)
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=0.1)
    for step in range(12):
        if step == 8:  # the second phase: more is free, and held by no optimizer
            for block in model.features[-3:]:
                block.requires_grad_(True)
            optimizer = torch.optim.SGD(model.classifier.parameters(), lr=0.01)
        model.train()
        model.features.eval()
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()
