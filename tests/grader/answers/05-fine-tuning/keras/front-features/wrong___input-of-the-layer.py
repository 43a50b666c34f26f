def front_features(backbone, name, images):
    front = keras.Model(backbone.input, backbone.get_layer(name).input)
    return front.predict(images, verbose=0)
