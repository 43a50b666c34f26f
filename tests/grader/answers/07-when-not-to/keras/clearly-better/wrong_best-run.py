def clearly_better(first, second):
    if min(len(first), len(second)) < 2:
        return "cannot tell"
    return "first" if max(first) > max(second) else "second"
