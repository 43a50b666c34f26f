def search(rates, train, validate, test):
    rows = []
    for rate in rates:
        model = train(rate)
        rows.append((validate(model), rate, test(model)))
    rows = [row for row in rows if not math.isnan(row[0])]
    return max(rows)[1:]
