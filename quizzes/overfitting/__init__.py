"""Questions about overfitting, one file a concept."""

# Papers draw in this order; a question that is not listed comes last.
ORDER = """
    overfitting.high-train-low-val overfitting.gap overfitting.torch.dropout-in-eval
    overfitting.keras.augment-in-predict overfitting.best-epoch-in-figure
    overfitting.always-the-big-class overfitting.dropout-scale overfitting.torch.adamw-decay
    overfitting.noisy-test-labels overfitting.standard-error overfitting.avoid
    overfitting.train-below-validation overfitting.keras.l2-penalty
    overfitting.keras.reshuffled-test-set overfitting.best-of-many-guessers
    overfitting.copies-across-split overfitting.throw-away-wrong-labels
    overfitting.keras.early-stopping-weights overfitting.one-run-each overfitting.keras.patience
""".split()
