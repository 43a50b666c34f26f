def unfreeze_last(model, count):
    backbone = model.get_layer("backbone")
    backbone.trainable = True
    for other in model.layers:
        other.trainable = True
    left = count
    for layer in reversed(backbone.layers):
        layer.trainable = left > 0 and "BatchNorm" not in type(layer).__name__
        left -= 1
