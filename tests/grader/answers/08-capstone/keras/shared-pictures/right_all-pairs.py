def shared(first, second):
    same = (second[:, None] == first[None]).all(axis=(2, 3, 4))
    return np.flatnonzero(same.any(axis=1))
