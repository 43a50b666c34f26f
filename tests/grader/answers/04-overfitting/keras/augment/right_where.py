def augment(images, rng):
    coin = rng.integers(0, 2, (len(images), 1, 1, 1)).astype(bool)
    turned = np.where(coin, np.flip(images, axis=2), images).astype(float)
    turned *= rng.uniform(0.8, 1.2, len(images))[:, None, None, None]
    return turned.clip(0, 255).astype("uint8")
