def clearly_better(first, second):
    runs = [np.asarray(first), np.asarray(second)]
    if min(map(len, runs)) > 1:
        (low, high) = sorted(runs, key=np.mean)
        if high.mean() - low.mean() > max(np.ptp(low), np.ptp(high)):
            return "first" if high is runs[0] else "second"
    return "cannot tell"
