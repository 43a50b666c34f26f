def features_once(backbone, images, batch_size):
    parts = [images[at : at + batch_size] for at in range(0, len(images), batch_size)]
    return keras.ops.concatenate([backbone(part, training=False) for part in parts])
