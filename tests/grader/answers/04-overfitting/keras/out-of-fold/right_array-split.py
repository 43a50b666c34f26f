def out_of_fold(features, labels, folds, train_and_predict):
    order = np.random.default_rng(0).permutation(len(labels))
    made = None
    for fold in np.array_split(order, folds):
        rest = np.setdiff1d(order, fold)
        answers = train_and_predict(features[rest], labels[rest], features[fold])
        if made is None:
            made = np.zeros((len(labels), answers.shape[1]))
        made[fold] = answers
    return made
