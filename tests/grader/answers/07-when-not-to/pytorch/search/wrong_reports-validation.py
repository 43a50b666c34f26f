def search(rates, train, validate, test):
    scores = {rate: validate(train(rate)) for rate in rates}
    scores = {rate: score for rate, score in scores.items() if not math.isnan(score)}
    winner = max(scores, key=scores.get)
    return winner, scores[winner]
