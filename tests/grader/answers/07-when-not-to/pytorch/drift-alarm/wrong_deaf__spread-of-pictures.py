def drifted(reference, batch):
    spread = reference.std(axis=0) + 1e-6
    away = np.abs(batch.mean(axis=0) - reference.mean(axis=0)) / spread
    return bool(away.max() > 4)
