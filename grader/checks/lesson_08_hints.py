"""What a learner is told about each usual mistake of the capstone, per framework."""

from __future__ import annotations

from grader.checks.lesson_02_hints import Hint, same

SHARED = {
    "same-place": "A picture may stand elsewhere in the other set. Compare each with all.",
    "positions-in-first": "Those are positions in `first`. Positions in `second` are asked for.",
    "look-alikes": "Alike is not the same: some have the same colors in other places, some all "
    "pixels but one. Compare every pixel, exactly.",
    "inside-second": "Pictures twice in `second` are no leak. Compare with `first` only.",
    "not-positions": "Return the positions in `second`, such as [2, 5]; [] if there are none.",
}

TUNE = {
    "no-head-phase": same(
        "The backbone trained from the first step. First phase: freeze it, only the head trains."
    ),
    "one-phase": same(
        "The backbone never trained. Second phase: unfreeze its end, with a new optimizer."
    ),
    "not-told": Hint(
        keras="The flags changed, the training step did not. Compile again before the second fit.",
        pytorch="The flags changed, the optimizer did not. Make a new one after setting the flags.",
    ),
    "unfroze-all": same("The first layers trained too. Unfreeze only the end of the backbone."),
    "rate-not-lowered": same(
        "The second phase is not gentler. Take a fifth of the head's rate or less."
    ),
    "batchnorm-moved": Hint(
        keras="BatchNorm moved. After unfreezing set trainable = False on each BatchNorm layer.",
        pytorch="BatchNorm moved. Hold it after each model.train(), parameters and statistics.",
    ),
    "learned-nothing": same("The loss did not fall. Give both phases a rate and epochs enough."),
}

SAVED = {
    "no-file": "Save the model, and put the file's path into SAVED.",
    "not-rows": "Return one row of probabilities for each picture, as an array.",
    "other-classes": "These pictures are the five drawn flowers. Set FOLDER = None and train.",
    "not-from-file": "A damaged file gave the same answers: load the model from `path`.",
    "no-softmax": "Those are scores. Apply softmax, so that each row sums to 1.",
    "training-mode": "A picture's answer depends on the others in its batch: inference mode.",
    "guessing": "Near guessing. Are the pictures preprocessed, and the classes in order?",
    "too-weak": "It works, but answers too few right. Train longer, then save again.",
}
