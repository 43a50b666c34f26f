def search(rates, train, validate, test):
    models = [train(rate) for rate in rates]
    return models[int(np.nanargmax([validate(model) for model in models]))]
