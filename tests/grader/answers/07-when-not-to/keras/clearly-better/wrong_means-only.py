def clearly_better(first, second):
    if min(len(first), len(second)) < 2 or np.mean(first) == np.mean(second):
        return "cannot tell"
    return "first" if np.mean(first) > np.mean(second) else "second"
