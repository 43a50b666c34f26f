def clearly_better(first, second):
    if min(len(first), len(second)) < 2:
        return "cannot tell"
    noise = max(np.ptp(first), np.ptp(second))
    difference = np.mean(second) - np.mean(first)
    if abs(difference) <= noise:
        return "cannot tell"
    return "first" if difference > 0 else "second"
