def extract_features(network, inputs):
    return network.predict(inputs, verbose=0)
