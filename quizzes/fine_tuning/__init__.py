"""Questions about the two-phase recipe, one file a concept."""

# Papers draw in this order; a question that is not listed comes last.
ORDER = """
    fine_tuning.which-layers fine_tuning.why-freeze-first fine_tuning.why-lower-rate
    fine_tuning.torch.rate-ratio fine_tuning.steps-per-epoch
    fine_tuning.keras.compile-keeps-weights fine_tuning.torch.no-progress
    fine_tuning.keras.last-twenty fine_tuning.keras.compile-by-name
    fine_tuning.torch.optimizer-holds-head-only fine_tuning.softmax-of-three
    fine_tuning.how-many-layers fine_tuning.torch.count-last-blocks fine_tuning.read-the-table
    fine_tuning.keras.fresh-optimizer fine_tuning.torch.order-of-steps
    fine_tuning.torch.adam-first-step fine_tuning.lp-ft fine_tuning.torch.decay-towards-zero
    fine_tuning.torch.order-of-a-prediction fine_tuning.keras.which-count
    fine_tuning.keras.rate-without-compile
""".split()
