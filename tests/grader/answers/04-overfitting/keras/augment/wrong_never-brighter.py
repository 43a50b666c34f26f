def augment(images, rng):
    factors = 1.0
    made = np.clip(images * factors, 0, 255).astype(np.uint8)
    mirrored = rng.random(len(images)) < 0.5
    made[mirrored] = made[mirrored][:, :, ::-1]
    return made
