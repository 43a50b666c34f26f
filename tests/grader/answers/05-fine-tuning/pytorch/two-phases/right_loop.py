def two_phases(model, train, rates, epochs):
    for rate, count, blocks in zip(rates, epochs, (0, 1), strict=True):
        model.requires_grad_(False)
        model.classifier.requires_grad_(True)
        for block in model.features[len(model.features) - blocks :]:
            block.requires_grad_(True)
            for norm in block.modules():
                if isinstance(norm, nn.BatchNorm2d):
                    norm.requires_grad_(False)
        optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=rate)
        train(model, optimizer, count)
