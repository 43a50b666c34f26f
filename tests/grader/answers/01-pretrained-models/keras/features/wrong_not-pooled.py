import keras


def extract_features(network, inputs):
    return keras.Model(network.input, network.layers[-3].output)(inputs, training=False)
