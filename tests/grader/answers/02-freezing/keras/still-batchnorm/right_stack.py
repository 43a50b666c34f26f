def keep_batchnorm_still(model):
    stack = [(layer, layer.name == "backbone") for layer in model.layers]
    while stack:
        layer, inside = stack.pop()
        layer.trainable = True
        if inside and hasattr(layer, "moving_mean"):
            layer.trainable = False
        stack += [(inner, inside) for inner in getattr(layer, "layers", [])]
    return model
