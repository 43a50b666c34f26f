def drifted(reference, batch):
    varies = reference.std(axis=0) > 1e-9
    reference, batch = reference[:, varies], batch[:, varies]
    error = reference.std(axis=0) * np.sqrt(1 / len(batch) + 1 / len(reference))
    away = np.abs(batch.mean(axis=0) - reference.mean(axis=0)) / error
    return bool(away.max() > 4)  # so far out once in fifteen thousand
