def drifted(reference, batch):
    spread = reference.std(axis=0) + 1e-6
    center = reference.mean(axis=0)
    rng = np.random.default_rng(0)

    def distance(rows):
        return (((rows.mean(axis=0) - center) / spread) ** 2).mean()

    usual = [distance(reference[rng.choice(len(reference), 40)]) for _ in range(200)]
    return bool(distance(batch) > 1.2 * max(usual))
