def clearly_better(first, second):
    from statistics import fmean

    def wide(runs):
        return float("inf") if len(runs) == 1 else max(runs) - min(runs)

    noise = max(wide(first), wide(second))
    if fmean(first) > fmean(second) + noise:
        return "first"
    if fmean(second) > fmean(first) + noise:
        return "second"
    return "cannot tell"
