def front_features(backbone, name, images):
    front = keras.Model(backbone.input, backbone.get_layer(name).output)
    return front.predict(images, verbose=0).mean(axis=(1, 2))
