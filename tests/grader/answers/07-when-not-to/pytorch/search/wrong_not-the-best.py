def search(rates, train, validate, test):
    before = -1.0
    for rate in rates:
        model = train(rate)
        accuracy = validate(model)
        if accuracy < before:  # it got worse: stop here
            break
        best_rate, best_model, before = rate, model, accuracy
    return best_rate, test(best_model)
