def new_head(model, classes):
    model.requires_grad_(False)
    if hasattr(model, "fc"):
        model.fc = nn.Sequential(nn.Linear(model.fc.in_features, classes), nn.LogSoftmax(dim=1))
    else:
        last = nn.Linear(model.classifier[-1].in_features, classes)
        model.classifier[-1] = nn.Sequential(last, nn.LogSoftmax(dim=1))
    return model
