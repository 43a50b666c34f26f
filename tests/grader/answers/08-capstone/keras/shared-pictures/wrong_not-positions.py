def shared(first, second):
    known = {picture.tobytes() for picture in first}
    return sum(picture.tobytes() in known for picture in second)
