def drifted(reference, batch):
    spread = reference.std(axis=0)
    spread[spread == 0] = 1
    scaled, new = reference / spread, batch / spread
    rng = np.random.default_rng(1)
    usual = []
    for _ in range(300):
        order = rng.permutation(len(scaled))
        one, rest = scaled[order[: len(new)]], scaled[order[len(new) :]]
        usual.append(np.linalg.norm(one.mean(axis=0) - rest.mean(axis=0)))
    return np.linalg.norm(new.mean(axis=0) - scaled.mean(axis=0)) > np.quantile(usual, 0.995)
