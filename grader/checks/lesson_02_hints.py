"""What a learner is told about each usual mistake of lesson 02, in the words of the framework."""

from __future__ import annotations

from grader.checks.wording import Hint as Hint
from grader.checks.wording import same as same

COUNT = {
    "counts-all": Hint(
        keras="You count frozen numbers too. Take only model.trainable_weights.",
        pytorch="You count frozen numbers too. Take only those with p.requires_grad.",
    ),
    "counts-arrays": Hint(
        keras="You count arrays, not the numbers in them: the product of weight.shape.",
        pytorch="You count tensors, not the numbers in them: p.numel().",
    ),
    "counts-frozen": same("You count what is frozen. Turn the condition around."),
    "counts-statistics": Hint(
        keras="BatchNorm's statistics are in your count, and nobody trains them. "
        "model.trainable_weights leaves them out.",
        pytorch="BatchNorm's statistics are in your count, and nobody trains them. "
        "model.parameters() leaves them out.",
    ),
    "counts-twice": Hint(
        keras="A weight used twice is counted twice. model.trainable_weights names it once.",
        pytorch="A parameter used twice is counted twice. model.parameters() names it once.",
    ),
}

FREEZE = {
    "attribute-only": Hint(
        keras="You made a new attribute that Keras never reads. Its flag is called trainable.",
        pytorch="You made a new attribute that PyTorch never reads. Only parameters carry the "
        "flag: loop over features.parameters().",
    ),
    "only-eval": same("A mode is not a freeze: every weight still trains. Set the flags."),
    "froze-head": same("It is the wrong way round: the head is frozen and the backbone trains."),
    "froze-all": same("The head is frozen too, so nothing can learn. Let the head train."),
    "outer-flag": Hint(
        keras="The model's own flag is off and hides all inside it. Set model.trainable = True, "
        "and only the backbone's to False.",
    ),
    "flags-before": Hint(
        keras="The head was frozen before, and you left it so. Set its layers' flags to True.",
        pytorch="The head was frozen before, and you left it so. Set its flags to True.",
    ),
    "left-some": Hint(
        keras="Part of the backbone still trains. Set the flag of the layer named 'backbone'; on "
        "TensorFlow a flag that is already off is not handed down again.",
        pytorch="Part of the backbone still trains. Go through all its parameters, biases and "
        "BatchNorm too.",
    ),
    "variables-only": Hint(
        keras="The weights stand still, the BatchNorm layers go on averaging. Set trainable = "
        "False on the layer, not on its variables.",
    ),
}

STILL = {
    "statistics-drift": Hint(
        keras="Each BatchNorm layer of the backbone averages. Set trainable = False on each of "
        "them, after everything else was set to True.",
        pytorch="model.train() sets every layer moving, frozen or not. Call .eval() on the frozen "
        "BatchNorm layers after it.",
    ),
    "not-deep": Hint(
        keras="BatchNorm layers inside an inner model were missed. Go down into layer.layers.",
        pytorch="BatchNorm layers deeper down were missed. model.modules() visits every depth, "
        "model.children() only the first.",
    ),
    "only-2d": Hint(
        pytorch="You look for BatchNorm2d only. BatchNorm1d averages too.",
    ),
    "holds-all": Hint(
        keras="A BatchNorm layer outside the backbone stands still; it belongs to the new head "
        "and should learn. Hold only those inside the backbone.",
        pytorch="A BatchNorm layer that trains stands still. Hold only those whose parameters have "
        "requires_grad = False.",
    ),
    "eval-all": Hint(
        pytorch="Dropout is off as well. Call model.train() first, then .eval() on the frozen "
        "BatchNorm layers only.",
    ),
    "changed-flags": same("The function changes which parameters train. Leave the flags alone."),
    "nothing-trains": same("Nothing trains. Switch the model's own flag on first, then go inward."),
    "flags-before": same(
        "Layers frozen before are still frozen: on TensorFlow a flag set to the value it already "
        "has is not handed down. Loop over the layers."
    ),
}

LAST = {
    "minus-zero": Hint(
        keras="layers[-0:] is all of them. Compute the first place: len(layers) - count.",
        pytorch="features[-0:] is all of them. Compute the first place: len(features) - count.",
    ),
    "first-instead": same("You unfroze the first ones, next to the input. Take the last."),
    "batchnorm-trains": Hint(
        keras="BatchNorm layers train as well. Set trainable = False on each of them.",
        pytorch="BatchNorm parameters train as well. Set requires_grad = False on them, at every "
        "depth.",
    ),
    "off-by-one": same("One too many or one too few. Count from the end: the last one is -1."),
    "head-frozen": same("The head is frozen. It always trains here."),
    "head-batchnorm": same("The head's own BatchNorm is frozen. Only the backbone's should be."),
    "outer-flag": Hint(
        keras="The flag of the model itself is off and hides all inside it. First switch it on, "
        "then switch layers off one by one.",
    ),
    "flags-before": same("Flags from before are still there. Set every flag, on or off."),
}

PHASE = {
    "holds-frozen": Hint(
        pytorch="The optimizer holds frozen parameters too. Pass only those with requires_grad.",
    ),
    "lacks-some": Hint(
        pytorch="Parameters that train are missing, and would never move. Take all with "
        "requires_grad, not only the head's.",
    ),
    "not-compiled": Hint(
        keras="The training step is still the one from before the flags changed. Compile again.",
    ),
    "old-optimizer": Hint(
        keras="The old optimizer remembers the weights of the old phase. Make a new one.",
    ),
    "wrong-rate": same("Hand learning_rate on to the optimizer; do not fix it inside."),
    "not-adam": Hint(
        keras="Use keras.optimizers.Adam(learning_rate).",
        pytorch="Use torch.optim.Adam(parameters, lr=learning_rate).",
    ),
    "wrong-loss": Hint(
        keras="Use SparseCategoricalCrossentropy(from_logits=True): the labels are whole numbers "
        "and the model ends in logits.",
    ),
    "changed-flags": same("The function changes what trains. Leave the flags alone."),
    "changed-weights": same("The function changes weights. Go on with those the model has."),
}
