def drifted(reference, batch):
    center = reference.mean(axis=0)

    def distance(rows):
        return np.linalg.norm(rows.mean(axis=0) - center)

    rng = np.random.default_rng(0)
    usual = [distance(reference[rng.choice(len(reference), len(batch))]) for _ in range(200)]
    return bool(distance(batch) > 1.1 * max(usual))
