def unfreeze_for(model, stages, epoch, every):
    is_open = stages[max(0, len(stages) - epoch // every) :]
    for layer in [model, *model.layers]:
        layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        layer.trainable = layer.name.partition("_")[0] in is_open
    for layer in [*model.layers, *model.get_layer("backbone").layers]:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
