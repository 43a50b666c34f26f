def search(rates, train, validate, test):
    best = -1.0
    for rate in rates:
        model = train(rate)
        accuracy = validate(model)
        if accuracy > best:
            best, winner = accuracy, rate
    return winner, test(model)
