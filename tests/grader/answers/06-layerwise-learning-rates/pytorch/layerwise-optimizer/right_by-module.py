def layerwise_optimizer(model, stages, rate, decay):
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=rate)
    for block in reversed(model.features):
        rate *= decay
        training = [p for p in block.parameters() if p.requires_grad]
        if training:
            optimizer.add_param_group({"params": training, "lr": rate})
    return optimizer
