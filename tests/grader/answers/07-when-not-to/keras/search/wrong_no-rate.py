def search(rates, train, validate, test):
    models = [train(rate) for rate in rates]
    winner = int(np.nanargmax([validate(model) for model in models]))
    return winner, test(models[winner])
