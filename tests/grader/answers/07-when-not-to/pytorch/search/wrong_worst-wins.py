def search(rates, train, validate, test):
    models = [train(rate) for rate in rates]
    winner = int(np.nanargmin([validate(model) for model in models]))
    return rates[winner], test(models[winner])
