def drifted(reference, batch):
    center, spread = reference.mean(axis=0), reference.std(axis=0) + 1e-6

    def distance(rows):
        return (((rows.mean(axis=0) - center) / spread) ** 2).mean()

    rng = np.random.default_rng(0)
    usual = [distance(reference[rng.choice(len(reference), len(batch))]) for _ in range(200)]
    return bool(distance(batch) > 1.2 * max(usual))
