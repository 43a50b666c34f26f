def drifted(reference, batch):
    return not np.allclose(reference.mean(axis=0), batch.mean(axis=0))
