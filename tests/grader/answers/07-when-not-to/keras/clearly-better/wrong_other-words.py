def clearly_better(first, second):
    return np.mean(first) > np.mean(second)
