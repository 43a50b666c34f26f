def search(rates, train, validate, test):
    models = [train(rate) for rate in rates]
    scores = np.array([validate(model) for model in models])
    winner = int(np.nanargmax(scores))
    return rates[winner], test(models[winner])
