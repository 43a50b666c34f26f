def unfreeze_for(model, stages, epoch, every):
    # Opens, and never closes what was open.
    first = len(stages) - epoch // every
    for layer in model.layers:
        if layer.name != "backbone":
            layer.trainable = True
    for layer in model.get_layer("backbone").layers:
        found = re.match(r"block(\d+)_conv", layer.name)
        if found and int(found[1]) >= first:
            layer.trainable = True
