def augment(images, rng):
    made = []
    for image in images:
        if rng.integers(2):
            image = np.fliplr(image)
        image = image.astype(np.float32) * (0.8 + 0.4 * rng.random())
        made.append(np.minimum(image, 255).astype(np.uint8))
    return np.stack(made)
