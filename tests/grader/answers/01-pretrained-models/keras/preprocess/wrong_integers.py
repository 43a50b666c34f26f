def to_network_input(images):
    return (images / 127.5 - 1).astype("int8").astype("float32")
