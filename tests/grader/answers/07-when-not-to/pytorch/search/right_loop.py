def search(rates, train, validate, test):
    best_rate, best_model, best = None, None, -1.0
    for rate in rates:
        model = train(rate)
        accuracy = validate(model)
        if accuracy > best:  # nan is never larger
            best_rate, best_model, best = rate, model, accuracy
    return best_rate, test(best_model)
