def new_head(model, classes):
    model.requires_grad_(False)
    if hasattr(model, "fc"):
        model.fc = nn.Linear(1280, classes)
    else:
        model.classifier[-1] = nn.Linear(1280, classes)
    return model
