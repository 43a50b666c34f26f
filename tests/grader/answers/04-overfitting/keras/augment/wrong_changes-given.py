def augment(images, rng):
    mirrored = rng.random(len(images)) < 0.5
    images[mirrored] = images[mirrored][:, :, ::-1]
    return np.clip(images * rng.uniform(0.8, 1.2, (len(images), 1, 1, 1)), 0, 255).astype(np.uint8)
