"""Questions about when not to fine-tune, one file a concept."""

# Papers draw in this order; a question that is not listed comes last.
ORDER = """
    when_not_to.how-much-data when_not_to.myth-whole-model when_not_to.myth-frozen-cannot-learn
    when_not_to.myth-more-data when_not_to.mean-of-seeds when_not_to.recall-from-matrix
    when_not_to.drift when_not_to.small-and-similar when_not_to.large-and-similar
    when_not_to.myth-always-better when_not_to.cheapest-first
    when_not_to.torch.efficientnet-size when_not_to.gain-per-minute
    when_not_to.torch.saved-and-reloaded when_not_to.keras.saved-whole
    when_not_to.speaks-for-scratch when_not_to.torch.grey-input
    when_not_to.torch.only-the-new-class when_not_to.probe-poor-tuned-good
    when_not_to.served-with-other-scaling when_not_to.pictures-for-a-gap
""".split()
