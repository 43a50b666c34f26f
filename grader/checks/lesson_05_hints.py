"""What a learner is told about each usual mistake of lesson 05, in the words of the framework."""

from __future__ import annotations

from grader.checks.lesson_02_hints import Hint, same

FRONT = {
    "training-mode": Hint(
        keras="BatchNorm averaged over this batch. Use predict, or call with training=False.",
        pytorch="BatchNorm averaged over this batch. Call model.eval() first.",
    ),
    "keeps-graph": Hint(
        pytorch="The result still carries its graph. Nothing trains in front of the cut: compute "
        "it under torch.no_grad().",
    ),
    "off-by-one": Hint(
        keras="That is the output of a neighboring block. Take the output of the layer named.",
        pytorch="That is one block too many or too few: model.features[:blocks] are the first.",
    ),
    "whole-backbone": same("That is the whole backbone. Stop at the cut."),
    "pooled": same("These maps were averaged over the picture. What trains behind the cut needs "
                   "height and width."),
}  # fmt: skip

PHASE = {
    "everything": Hint(
        keras="The whole backbone trains. Freeze all its layers but the last `layers`.",
        pytorch="The whole backbone trains. Count modules without children, not blocks: a block "
        "holds several layers.",
    ),
    "minus-zero": Hint(
        keras="With layers=0 nothing of the backbone may train, and [-0:] is all of it.",
        pytorch="With layers=0 nothing of the backbone may train, and [-0:] is all of it.",
    ),
    "batchnorm-trains": Hint(
        keras="BatchNorm layers train, so their statistics will drift. Set trainable = False on "
        "each of them.",
        pytorch="BatchNorm layers train. Set requires_grad = False on their parameters too.",
    ),
    "off-by-one": same("One layer too many or too few. The last layer is number -1."),
    "first-instead": same("You unfroze the first layers, next to the input. Take the last ones."),
    "head-frozen": same("The head is frozen. It goes on training in the second phase."),
    "outer-flag": Hint(
        keras="The model's own flag is off and hides all inside it. Switch it on first.",
    ),
    "flags-before": same("Flags from before are still there. Set every flag, on or off."),
    "wrong-rate": same("The rate is the argument `rate`: hand it to the optimizer."),
    "holds-frozen": Hint(
        pytorch="The optimizer holds frozen parameters. Hand it only those with requires_grad.",
    ),
    "lacks-some": Hint(
        pytorch="Parameters that train are not in the optimizer. Make it after the flags are set.",
    ),
    "not-compiled": Hint(
        keras="The model still has the first phase's optimizer. Compile it with a new one.",
    ),
}

RECIPE = {
    "one-phase": same("The recipe has two phases: call train once for each."),
    "not-frozen": same("In the first phase only the head may train. Freeze the backbone first."),
    "head-frozen": same("The head must train in both phases."),
    "not-told": Hint(
        keras="The second phase needs a compile of its own, after the flags and before train.",
        pytorch="The second phase's optimizer does not hold what you unfroze. Make a new one, "
        "after the flags.",
    ),
    "still-frozen": same("In the second phase the end of the backbone trains too. Unfreeze it."),
    "too-much": same("Too much of the backbone trains in the second phase. Unfreeze only its end."),
    "batchnorm": Hint(
        keras="A BatchNorm layer trains in the second phase. Set trainable = False on it.",
        pytorch="A BatchNorm layer trains in the second phase. Freeze its parameters.",
    ),
    "same-rate": same("The rate was not lowered for the second phase: rates[1]."),
    "rates-swapped": same("The rates are swapped: the head learns at rates[0], the higher one."),
    "wrong-epochs": same("Train for epochs[0] in the first phase and epochs[1] in the second."),
}

FOLLOW = {
    "logit": same("That is a logit. Put the logits of all classes through softmax."),
    "sigmoid": same("That is a sigmoid. For one class out of several take softmax."),
    "wrong-axis": same("Softmax ran over the batch, so everything became 1. Take the last axis."),
    "training-mode": Hint(
        keras="Dropout and BatchNorm were in training mode. Call with training=False.",
        pytorch="Dropout and BatchNorm were in training mode. Call model.eval() first.",
    ),
    "least-likely": same("That is another class than the most likely one. Take argmax."),
    "not-a-name": same("Return the name: names[number of the most likely class]."),
    "missing-stage": same("One shape per stage, from the first to the last, in order."),
    "inputs-not-outputs": same("These go into the stages. Note the shape that comes out."),
    "three-things": same("Return three things: the list of shapes, the name, the probability."),
}
