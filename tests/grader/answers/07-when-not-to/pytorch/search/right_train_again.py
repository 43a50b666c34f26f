def search(rates, train, validate, test):
    scores = {}
    for rate in rates:
        score = validate(train(rate))
        if not math.isnan(score):
            scores[rate] = score
    winner = max(scores, key=scores.get)
    return winner, test(train(winner))
