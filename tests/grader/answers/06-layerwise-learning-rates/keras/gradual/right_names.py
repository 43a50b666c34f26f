def unfreeze_for(model, stages, epoch, every):
    is_open = stages[len(stages) - min(len(stages), epoch // every) :]
    model.trainable = True
    for layer in model.get_layer("backbone").layers:
        late = any(layer.name.startswith(stage + "_") for stage in is_open)
        layer.trainable = late and not isinstance(layer, keras.layers.BatchNormalization)
    for layer in model.layers:
        if layer.name != "backbone":
            layer.trainable = True
