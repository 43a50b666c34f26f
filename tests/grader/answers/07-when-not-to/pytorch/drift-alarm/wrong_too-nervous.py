def drifted(reference, batch):
    spread = reference.std(axis=0) + 1e-6
    error = spread / np.sqrt(len(batch))
    away = np.abs(batch.mean(axis=0) - reference.mean(axis=0)) / error
    return bool((away > 2).any())
