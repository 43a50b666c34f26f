def to_network_input(images):
    return (images.astype("float32") / 127.5 - 1).transpose(0, 3, 1, 2)
