def search(rates, train, validate, test):
    reported = test(train(rates[0]))
    scores = {rate: validate(train(rate)) for rate in rates}
    scores = {rate: score for rate, score in scores.items() if not math.isnan(score)}
    return max(scores, key=scores.get), reported
