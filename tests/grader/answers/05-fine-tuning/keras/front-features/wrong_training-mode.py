def front_features(backbone, name, images):
    front = keras.Model(backbone.input, backbone.get_layer(name).output)
    return front(images, training=True)
