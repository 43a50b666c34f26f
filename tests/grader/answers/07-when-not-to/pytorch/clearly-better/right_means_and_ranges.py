def clearly_better(first, second):
    if len(first) < 2 or len(second) < 2:
        return "cannot tell"
    noise = max(max(first) - min(first), max(second) - min(second))
    difference = np.mean(first) - np.mean(second)
    if abs(difference) <= noise:
        return "cannot tell"
    return "first" if difference > 0 else "second"
