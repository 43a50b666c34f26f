def shared(first, second):
    both = zip(first, second, strict=False)
    return [place for place, (one, other) in enumerate(both) if (one == other).all()]
