def front_features(backbone, name, images):
    front = keras.Model(backbone.inputs, backbone.get_layer(name).output)
    return keras.ops.convert_to_numpy(front(images, training=False))
