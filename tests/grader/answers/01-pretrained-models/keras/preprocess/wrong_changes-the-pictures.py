def to_network_input(images):
    images //= 2
    return images.astype("float32") / 63.5 - 1
