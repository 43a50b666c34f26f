def clearly_better(first, second):
    noise = max(max(first) - min(first), max(second) - min(second))
    difference = np.mean(first) - np.mean(second)
    if abs(difference) <= noise:
        return "cannot tell"
    return "first" if difference > 0 else "second"
