import keras


def extract_features(network, inputs):
    extractor = keras.Model(network.input, network.layers[-2].output)
    return extractor(inputs, training=True)
