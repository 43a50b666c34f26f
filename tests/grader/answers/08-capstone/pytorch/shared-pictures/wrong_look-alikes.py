def shared(first, second):
    known = {picture.mean() for picture in first}
    return [place for place, picture in enumerate(second) if picture.mean() in known]
