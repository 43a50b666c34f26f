def out_of_fold(features, labels, folds, train_and_predict):
    order = np.random.default_rng(7).permutation(len(labels))
    parts = [order[start::folds] for start in range(folds)]
    answers = []
    for at, part in enumerate(parts):
        rest = np.concatenate(parts[:at] + parts[at + 1 :])
        answers.append(train_and_predict(features[rest], labels[rest], features[part]))
    made = np.concatenate(answers)
    return made[np.argsort(np.concatenate(parts))]
