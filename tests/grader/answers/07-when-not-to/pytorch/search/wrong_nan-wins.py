def search(rates, train, validate, test):
    models = [train(rate) for rate in rates]
    scores = [validate(model) for model in models]
    winner = scores.index(max(scores))
    return rates[winner], test(models[winner])
