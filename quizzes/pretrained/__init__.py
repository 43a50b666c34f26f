"""Questions about pretrained models, one file a concept."""

# Papers draw in this order; a question that is not listed comes last.
ORDER = """
    pretrained.what-it-is pretrained.purpose-of-fine-tuning pretrained.main-benefit
    pretrained.first-layers pretrained.keras.pooled-shape pretrained.unseen-classes
    pretrained.torch.head-inside pretrained.torch.what-is-saved pretrained.keras.preprocess
    pretrained.torch.normalize pretrained.torch.layout pretrained.count-conv
    pretrained.torch.grid-side pretrained.keras.scales-inside
    pretrained.torch.untouched-class-count pretrained.keras.grid-shape
    pretrained.torch.forgot-eval pretrained.torch.load-other-head pretrained.count-separable
    pretrained.scratch-catches-up pretrained.fair-comparison pretrained.keras.scaled-twice
""".split()
