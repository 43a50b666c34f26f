def search(rates, train, validate, test):
    models = {rate: train(rate) for rate in rates}
    scores = {rate: test(model) for rate, model in models.items()}
    winner = max(scores, key=scores.get)
    return winner, scores[winner]
