"""Questions about freezing, one file a concept."""

# Papers draw in this order; a question that is not listed comes last.
ORDER = """
    freezing.what-it-does freezing.torch.snippet freezing.keras.snippet freezing.still-used
    freezing.torch.eval-is-not-freezing freezing.count-dense freezing.torch.count-after-freeze
    freezing.torch.trainable-attribute freezing.keras.bn-trainable-false freezing.torch.bn-moves
    freezing.keras.recompile freezing.count-bn freezing.torch.optimizer-with-frozen
    freezing.torch.what-is-saved freezing.keras.count-after-freeze
    freezing.keras.optimizer-memory freezing.torch.train-undoes-eval freezing.torch.order
    freezing.torch.stale-gradient freezing.what-fine-tuning-changes freezing.torch.count-stack
    freezing.keras.bn-after-unfreezing freezing.keras.hold-bn freezing.keras.order
    freezing.keras.count-stack
""".split()
