def extract_features(network, inputs):
    x = inputs
    for layer in network.layers[1:-1]:
        x = layer(x)
    return x
