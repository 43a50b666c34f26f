"""What a learner is told about each usual mistake of lesson 04."""

from __future__ import annotations

GAP = {
    "from-zero": "Your epoch is one too low: lists count from 0, epochs from 1.",
    "best-accuracy": "That is the epoch of the highest validation accuracy. Take the lowest "
    "validation loss: it sees that the model grows sure of wrong answers.",
    "training-loss": "That is where the training loss is lowest, which is where most was learned "
    "by heart. Look at history['val_loss'].",
    "as-share": "The gap is asked for in percentage points: multiply by 100.",
    "turned-around": "The sign is turned around: training minus validation.",
    "absolute": "Validation is ahead here, so the gap is negative. Leave the sign.",
    "gap-of-loss": "You took the losses apart. The gap is that of the accuracies.",
    "gap-at-best": "That is the gap at the best epoch. Take the last one: how far it went.",
}

AUGMENT = {
    "changes-given": "The pictures that were handed in have changed. Work on a copy, or the next "
    "epoch augments what is already augmented.",
    "not-uint8": "Return uint8, 0 to 255, like what came in: round, clip, then .astype(np.uint8).",
    "wraps": "A uint8 that passes 255 starts again at 0. Compute in float, np.clip to 0 and 255, "
    "then convert.",
    "upside-down": "Pictures stand on their heads. Left and right is the third axis: "
    "images[:, :, ::-1].",
    "turns-colors": "The last axis holds red, green and blue; you turned it around. Left and right "
    "is the third axis.",
    "all-alike": "Every picture of the batch was changed in the same way. Draw one number for "
    "each: rng.random(len(images)).",
    "never-mirrored": "No picture was mirrored. Mirror each with probability one half.",
    "always-mirrored": "All pictures were mirrored. Mirror each with probability one half.",
    "never-brighter": "No picture became brighter or darker. Multiply each by its own factor.",
    "too-strong": "Some factors lie outside 0.8 to 1.2: rng.uniform(0.8, 1.2, ...).",
    "speckled": "Each pixel got a factor of its own. One per picture: shape (N, 1, 1, 1).",
    "own-chance": "Take all chance from the rng that is handed in, or no run can be repeated.",
}

STOP = {
    "last-weights": "The model holds the last epoch, not the best. If you kept state_dict() or a "
    "list of arrays, it may hold the arrays themselves, which train on: copy them.",
    "no-statistics": "The weights are those of the best epoch, BatchNorm's statistics are not. "
    "Keep state_dict() (Keras: get_weights()), not the parameters alone.",
    "only-when-stopped": "Training that runs to its end keeps its last weights. Restore the best "
    "ones in that case too.",
    "first-rise": "It stops at the first epoch without a new best. Wait for `patience` of them.",
    "one-too-many": "It waits one epoch too long. Stop when `patience` epochs in a row have "
    "brought no new best.",
    "never-stops": "It never stops. Compare the epochs since the best validation loss with "
    "`patience`; in Keras say so to self.model.stop_training.",
    "not-in-a-row": "Epochs without progress are counted over the whole run. A new best sets the "
    "count back to 0.",
    "against-last": "You compare with the epoch before. Compare with the best so far.",
    "ties": "An equal loss is no progress. Ask for less than the best, not less or equal.",
    "miscounted": "Count the epochs since the lowest loss so far (an equal one is no progress). "
    "Stop when there are `patience` of them.",
    "not-afresh": "The second training began with the memory of the first. Set everything back in "
    "on_train_begin.",
}

FOLDS = {
    "sees-itself": "A model was asked about rows it was trained on: a wrong label learned by "
    "heart then looks right. Leave the fold out of the training.",
    "left-out": "Some rows got no answer. When N is not a multiple of the folds, let the sizes "
    "differ by one: np.array_split.",
    "twice": "Some rows were asked about more than once. Each belongs to one fold.",
    "order-lost": "The answers stand in the order of the folds. Write them back to their rows: "
    "made[fold] = ...",
    "not-shuffled": "The labels come sorted, and your folds take them in order: a fold holds one "
    "class. Shuffle the row numbers first.",
    "labels-apart": "Features and labels came apart. Select both with the same row numbers.",
    "too-little": "A model saw less than all the other folds. Train it on everything but its own.",
    "fold-count": "The number of models is not `folds`.",
}

TARGET = {
    "nothing-learned": "It guesses. Is the rate too low, or is the training over before it began?",
    "by-heart": "The training accuracy is too high: the wrong labels were learned by heart. Add "
    "views, dropout or weight decay, or stop earlier.",
    "too-careful": "Below the target on new pictures, with no sign of learning by heart: too much "
    "of a good thing. Train longer, or ease dropout and decay.",
    "wrong-outputs": "Return a model from features (N, 1280) to two logits.",
    "forgot-return": "Return the trained model from the function.",
}
