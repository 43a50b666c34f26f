def to_network_input(images):
    return images.astype("float32")
