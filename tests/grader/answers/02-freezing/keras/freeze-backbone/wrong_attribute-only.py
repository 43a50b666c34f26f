def freeze_backbone(model):
    model.get_layer("backbone").requires_grad = False
    model.layers[-1].requires_grad = True
