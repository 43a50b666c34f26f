def features_once(backbone, images, batch_size):
    return keras.ops.convert_to_numpy(backbone(images, training=False))
