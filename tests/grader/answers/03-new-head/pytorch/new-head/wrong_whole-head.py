def new_head(model, classes):
    model.requires_grad_(False)
    width = model.features[0].out_channels
    name = "fc" if hasattr(model, "fc") else "classifier"
    setattr(model, name, nn.Linear(width, classes))
    return model
