def features_once(backbone, images, batch_size):
    parts = [images[at : at + batch_size] for at in range(0, len(images), batch_size)]
    made = [keras.ops.convert_to_numpy(backbone(part, training=True)) for part in parts]
    return np.concatenate(made)
