def unfreeze_for(model, stages, epoch, every):
    is_open = stages[len(stages) - min(len(stages), epoch // every) :]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        layer.trainable = any(layer.name.startswith(stage + "_") for stage in is_open)
