def count_trainable(model):
    inside = [*model.get_layer("backbone").layers, *model.layers]
    layers = [layer for layer in inside if not hasattr(layer, "layers")]
    nested = [
        inner
        for layer in inside
        if hasattr(layer, "layers") and layer.name != "backbone"
        for inner in layer.layers
    ]
    return sum(layer.count_params() for layer in layers + nested if layer.trainable)
