import keras


def to_network_input(images):
    numbers = keras.ops.cast(images, "float32")
    return (numbers - 127.5) / 127.5
