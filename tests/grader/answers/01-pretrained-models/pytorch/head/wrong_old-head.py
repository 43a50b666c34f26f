def add_head(network, classes):
    for parameter in network.features.parameters():
        parameter.requires_grad = False
    return network
