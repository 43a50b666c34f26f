def new_head(model, classes):
    in_fc = isinstance(getattr(model, "fc", None), nn.Linear)
    old = model.fc if in_fc else model.classifier[len(model.classifier) - 1]
    new = nn.Linear(old.in_features, classes)
    if in_fc:
        model.fc = new
    else:
        model.classifier = nn.Sequential(*list(model.classifier)[:-1], new)
    mine = {id(p) for p in new.parameters()}
    for p in model.parameters():
        p.requires_grad_(id(p) in mine)
    return model
