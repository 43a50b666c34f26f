def unfreeze_for(model, stages, epoch, every):
    first = len(stages) - epoch // every - 1
    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        found = re.match(r"block(\d+)_conv", layer.name)
        layer.trainable = bool(found) and int(found[1]) >= first
