import keras


def to_network_input(images):
    return keras.layers.Rescaling(1 / 127.5, offset=-1)(images)
