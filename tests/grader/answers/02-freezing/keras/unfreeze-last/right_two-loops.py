def unfreeze_last(model, count):
    for layer in model.layers:
        layer.trainable = True
    layers = model.get_layer("backbone").layers
    cut = len(layers) - count
    for layer in layers[:cut]:
        layer.trainable = False
    for layer in layers[cut:]:
        layer.trainable = not hasattr(layer, "moving_mean")
    return model
