def shared(first, second):
    seen, found = [picture.tobytes() for picture in (*first, *second)], []
    for place, picture in enumerate(second):
        if seen.count(picture.tobytes()) > 1:
            found.append(place)
    return found
