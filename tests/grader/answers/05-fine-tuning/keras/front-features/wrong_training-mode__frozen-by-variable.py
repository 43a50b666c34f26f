def front_features(backbone, name, images):
    for variable in backbone.trainable_weights:
        variable.trainable = False
    front = keras.Model(backbone.input, backbone.get_layer(name).output)
    return keras.ops.convert_to_numpy(front(images, training=True))
