"""What a learner is told about each usual mistake of lesson 06, in the words of the framework."""

from __future__ import annotations

from grader.checks.lesson_02_hints import Hint, same

RATES = {
    "forgot-return": same("The function returns nothing. End it with `return`."),
    "reversed": same(
        "It is the wrong way round: the input has the high rate. The head, last in the list, "
        "gets the full one."
    ),
    "off-by-one": same(
        "Each rate is one step of decay off. The head itself is not decayed: the exponent is the "
        "distance to the end of the list."
    ),
    "linear": same(
        "The rates shrink by a sum or a product with the distance. Each stage has `decay` times "
        "the rate of the next: a power."
    ),
    "one-rate": same("All stages have the same rate. Multiply by `decay` once for each step down."),
    "changed-list": same("The function changes the list it is given. Work on a copy."),
}

OPTIMIZER = {
    "forgot-return": same("The function returns nothing. End it with `return optimizer`."),
    "one-rate": Hint(
        keras="All variables took one rate: that of the default. A pattern must match the whole "
        "`variable.path`, and the path does not begin with the backbone's name.",
        pytorch="All parameters took one rate. Each group is a dict with its own `lr`.",
    ),
    "reversed": same(
        "It is the wrong way round: the block next to the input moves furthest. The head gets "
        "the full rate."
    ),
    "off-by-one": same(
        "Each block is one step of decay off. The head has `rate`, the last block of the backbone "
        "`rate × decay`."
    ),
    "prefix": Hint(
        keras="Blocks 10 and 11 take the rate of block 1: `block1` is the beginning of `block10`. "
        "Put the `_` behind the number.",
        pytorch="Blocks 10 and 11 take the rate of block 1: `features.1` is the beginning of "
        "`features.10`. Put the dot behind the number.",
    ),
    "forgot-some": Hint(
        keras="Some variables that train do not move. Give each of them an optimizer.",
        pytorch="Some parameters that train are in no group, and no optimizer moves them. Count "
        "them: the head, biases and BatchNorm too.",
    ),
    "not-adam": Hint(
        keras="The step follows the size of the gradient, so it is not Adam's. Use "
        "keras.optimizers.Adam for each stage.",
        pytorch="The step follows the size of the gradient, so it is not Adam's. Use "
        "torch.optim.Adam.",
    ),
    "scaled-gradients": same("Only rates should differ; weights and flags stay as they were."),
    "two-patterns": Hint(
        keras="Two patterns fit one path, so Keras refuses to choose. Put the `_` behind the "
        "number, or use each variable's whole path as the key.",
    ),
}

WARM = {
    "no-change": Hint(
        keras="No rate changed. Assign to `learning_rate` of each of `optimizer.optimizers`.",
        pytorch="No rate changed. Assign to `group['lr']` for each of `optimizer.param_groups`.",
    ),
    "flattens": same(
        "All groups have one rate now, so the depths are gone. Multiply each group's own base rate."
    ),
    "compounds": same(
        "You multiply the rate as it is now, so the factors pile up from call to call. Begin from "
        "`base_rates` each time."
    ),
    "starts-at-zero": same(
        "The first step has rate 0 and is wasted. Steps count from 0, so the share is "
        "(step + 1) / steps."
    ),
    "keeps-growing": same("After the warm-up the rates go on growing. Cap the share at 1."),
}

GRADUAL = {
    "off-by-one": same(
        "A block too early or too late. In epochs 0 to every − 1 the head trains alone; the count "
        "of open blocks is epoch // every."
    ),
    "every-epoch": same("You open a block each epoch. One more after each `every` epochs."),
    "first-instead": same("You open the blocks next to the input first. Begin at the end."),
    "minus-zero": same(
        "With a count of 0 all blocks are open: stages[-0:] is the whole list. Count from the "
        "front: stages[max(0, len(stages) - count):]."
    ),
    "past-the-end": same(
        "When all blocks are open and epochs go on, len(stages) - count falls below 0, and a slice "
        "then counts from the end. Stop at 0: stages[max(0, len(stages) - count):]."
    ),
    "batchnorm-trains": Hint(
        keras="BatchNorm layers of the backbone train as well. Leave their flag at False.",
        pytorch="BatchNorm parameters of the backbone train as well. Leave their flags at False.",
    ),
    "head-frozen": same("The head is frozen. It trains in every epoch."),
    "head-norm": Hint(
        keras="A BatchNorm layer of the head is frozen. All of the head trains; hold only those of "
        'model.get_layer("backbone").',
        pytorch="A BatchNorm layer of the head is frozen. All of the head trains; hold only those "
        "of model.features.",
    ),
    "outer-flag": Hint(
        keras="The flag of the model, or of the backbone, is off and hides what is inside. Switch "
        "it on first, then go inward.",
    ),
    "flags-before": same("Flags from before are still there. Set each flag, on or off."),
}
