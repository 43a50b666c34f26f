def unfreeze_last(model, count):
    for other in model.layers:
        other.trainable = True
    layers = model.get_layer("backbone").layers
    for place, layer in enumerate(layers):
        layer.trainable = place >= len(layers) - count
