def drifted(reference, batch):
    return False
