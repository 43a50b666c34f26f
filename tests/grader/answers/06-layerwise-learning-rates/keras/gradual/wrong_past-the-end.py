def unfreeze_for(model, stages, epoch, every):
    is_open = stages[len(stages) - epoch // every :]
    for layer in [model, *model.layers]:
        layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        late = layer.name.partition("_")[0] in is_open
        layer.trainable = late and not isinstance(layer, keras.layers.BatchNormalization)
