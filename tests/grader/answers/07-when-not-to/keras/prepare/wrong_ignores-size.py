def prepare(model, similar, many):
    for layer in [model, *model.layers]:
        layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        layer.trainable = not similar
