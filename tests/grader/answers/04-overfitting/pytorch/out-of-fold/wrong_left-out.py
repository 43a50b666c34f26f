def out_of_fold(features, labels, folds, train_and_predict):
    order = np.random.default_rng(0).permutation(len(labels))
    made = np.zeros((len(labels), labels.max() + 1))
    for fold in order[: len(order) // folds * folds].reshape(folds, -1):
        rest = np.setdiff1d(order, fold)
        answers = train_and_predict(features[rest], labels[rest], features[fold])
        made[fold] = answers
    return made
