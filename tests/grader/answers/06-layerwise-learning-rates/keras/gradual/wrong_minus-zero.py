def unfreeze_for(model, stages, epoch, every):
    is_open = stages[-(epoch // every) :]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        late = layer.name.removesuffix("_conv") in is_open
        layer.trainable = late and isinstance(layer, keras.layers.Conv2D)
