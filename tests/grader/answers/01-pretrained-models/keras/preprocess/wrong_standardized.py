def to_network_input(images):
    x = (images / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    return x.astype("float32")
