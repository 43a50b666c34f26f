def unfreeze_for(model, stages, epoch, every):
    first = len(stages) - epoch // every
    backbone = model.get_layer("backbone")
    model.trainable = backbone.trainable = True
    for layer in [*backbone.layers, *model.layers]:
        layer.trainable = layer in model.layers
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.trainable = stages.index(layer.name.rsplit("_", 1)[0]) >= first
