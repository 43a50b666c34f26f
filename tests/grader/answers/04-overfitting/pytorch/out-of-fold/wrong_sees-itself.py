def out_of_fold(features, labels, folds, train_and_predict):
    order = np.random.default_rng(0).permutation(len(labels))
    made = np.zeros((len(labels), labels.max() + 1))
    for fold in np.array_split(order, folds):
        rest = order
        answers = train_and_predict(features[rest], labels[rest], features[fold])
        made[fold] = answers
    return made
