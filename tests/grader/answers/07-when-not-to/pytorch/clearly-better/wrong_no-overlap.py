def clearly_better(first, second):
    if min(len(first), len(second)) < 2:
        return "cannot tell"
    if min(first) > max(second):
        return "first"
    return "second" if min(second) > max(first) else "cannot tell"
