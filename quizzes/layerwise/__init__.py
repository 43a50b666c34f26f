"""Questions about layer-wise learning rates, one file a concept."""

# Papers draw in this order; a question that is not listed comes last.
ORDER = """
    layerwise.the-idea layerwise.torch.geometric layerwise.torch.default-rate
    layerwise.forgetting-meaning layerwise.gradual-unfreezing layerwise.torch.warmup
    layerwise.forgetting-number layerwise.torch.not-in-a-group layerwise.torch.wrong-way-round
    layerwise.keras.pattern layerwise.keras.set-the-rate layerwise.torch.schedule-keeps-ratio
    layerwise.torch.how-far layerwise.range-test layerwise.measure-forgetting
    layerwise.scaled-gradients-under-adam layerwise.keras.silent-default
    layerwise.keras.scheduler-flattens layerwise.keras.two-patterns layerwise.keras.update-step
    layerwise.rate-and-forgetting layerwise.torch.gradual-count
""".split()
