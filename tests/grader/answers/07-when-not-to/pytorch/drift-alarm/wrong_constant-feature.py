def drifted(reference, batch):
    error = reference.std(axis=0) * np.sqrt(1 / len(batch) + 1 / len(reference))
    away = np.abs(batch.mean(axis=0) - reference.mean(axis=0)) / error
    return bool(away.max() > 4)
