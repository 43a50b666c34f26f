def features_once(backbone, images, batch_size):
    parts = np.array_split(images, -(-len(images) // batch_size))
    return np.concatenate([backbone.predict_on_batch(part) for part in parts])
