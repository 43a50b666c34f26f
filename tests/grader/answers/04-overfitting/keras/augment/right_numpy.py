def augment(images, rng):
    factors = rng.uniform(0.8, 1.2, (len(images), 1, 1, 1))
    made = np.clip(images * factors, 0, 255).round().astype(np.uint8)
    mirrored = rng.random(len(images)) < 0.5
    made[mirrored] = made[mirrored][:, :, ::-1]
    return made
