def clearly_better(first, second):
    if min(len(first), len(second)) < 2:
        return "cannot tell"
    noise = max(first) - min(first)
    difference = np.mean(first) - np.mean(second)
    if abs(difference) <= noise:
        return "cannot tell"
    return "first" if difference > 0 else "second"
