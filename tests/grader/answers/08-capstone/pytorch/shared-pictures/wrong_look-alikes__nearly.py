def shared(first, second):
    return [i for i, a in enumerate(second) if any(np.allclose(a, b, atol=5) for b in first)]
