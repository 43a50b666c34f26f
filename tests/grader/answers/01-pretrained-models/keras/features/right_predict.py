import keras


def extract_features(network, inputs):
    body = keras.Model(inputs=network.inputs, outputs=network.layers[-1].input)
    return body.predict(inputs, verbose=0)
