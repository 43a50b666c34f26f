def clearly_better(first, second):
    return "cannot tell"
