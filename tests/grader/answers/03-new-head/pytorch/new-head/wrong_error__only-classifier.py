def new_head(model, classes):
    model.requires_grad_(False)
    model.classifier[-1] = nn.Linear(model.classifier[-1].in_features, classes)
    return model
