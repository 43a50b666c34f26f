"""Questions about the new head, one file a concept."""

# Papers draw in this order; a question that is not listed comes last.
ORDER = """
    head.torch.new-shape head.torch.replace head.linear-probe head.keras.all-frozen
    head.torch.count-passes head.softmax-sum head.keras.new-shape head.torch.count-saved
    head.first-loss head.keras.loss-for-labels head.torch.labels-from-one head.why-cache
    head.torch.cache-and-augment head.cache-size head.torch.folder-order head.keras.cut-the-top
    head.keras.predict-for-cache head.one-output-or-two head.torch.softmax-twice
    head.torch.shuffled-cache head.keras.flatten-head head.torch.all-frozen-error
    head.torch.cached-equals-frozen head.keras.binary-threshold head.keras.versions-seen
""".split()
