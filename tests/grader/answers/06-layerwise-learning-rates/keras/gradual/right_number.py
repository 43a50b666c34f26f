def unfreeze_for(network, names, epoch, every):
    closed = len(names) - epoch // every
    network.trainable = True
    for layer in network.layers:
        layer.trainable = True
    for layer in network.get_layer("backbone").layers:
        found = re.match(r"block(\d+)_conv", layer.name)
        layer.trainable = bool(found) and int(found[1]) >= closed
