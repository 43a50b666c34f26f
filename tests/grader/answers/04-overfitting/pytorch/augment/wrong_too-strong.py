def augment(images, rng):
    factors = rng.uniform(0.5, 1.5, (len(images), 1, 1, 1))
    made = np.clip(images * factors, 0, 255).astype(np.uint8)
    mirrored = rng.random(len(images)) < 0.5
    made[mirrored] = made[mirrored][:, :, ::-1]
    return made
