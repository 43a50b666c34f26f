def augment(images, rng):
    return images[:, :, ::-1], None
