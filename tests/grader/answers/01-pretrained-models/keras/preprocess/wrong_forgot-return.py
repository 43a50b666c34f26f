def to_network_input(images):
    images.astype("float32") / 127.5 - 1
