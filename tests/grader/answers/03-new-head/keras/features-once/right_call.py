def features_once(backbone, images, batch_size):
    parts = []
    for start in range(0, len(images), batch_size):
        made = backbone(images[start : start + batch_size], training=False)
        parts.append(keras.ops.convert_to_numpy(made))
    return np.concatenate(parts)
