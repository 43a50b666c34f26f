"""What a learner is told about each usual mistake of lesson 03, in the words of the framework."""

from __future__ import annotations

from grader.checks.wording import Hint, same

HEAD = {
    "old-head": Hint(
        keras="The old head still answers. Make a new model: keras.Model(model.input, new layer "
        "on the last layer's input).",
        pytorch="The network still calls its old head. Put the new layer in its place: model.fc, "
        "or model.classifier[-1].",
    ),
    "always-five": same("The number of classes is an argument: use `classes`, not 5."),
    "stacked": Hint(
        keras="The new head reads the old head's outputs. Hang it on model.layers[-1].input, what "
        "went INTO the old head.",
        pytorch="The old head is still below the new one. Put the new layer in its place.",
    ),
    "fixed-width": Hint(
        pytorch="The number of features is not always the lesson's. Ask the old layer: "
        "in_features.",
    ),
    "whole-head": Hint(
        keras="Layers before the last Dense are gone. Replace only the last one.",
        pytorch="Other layers of `classifier` are gone. Replace only its last one, classifier[-1].",
    ),
    "head-frozen": Hint(
        keras="The new head is frozen too: nothing can learn. Freeze the layers below, not the "
        "new one.",
        pytorch="The new head is frozen too: nothing can learn. Freeze first, then put the new "
        "layer in.",
    ),
    "nothing-frozen": same("Layers below the head still train. Freeze them."),
    "weights-lost": same("Layers below hold other weights than before. Share them as they are."),
    "softmax-kept": same("These are probabilities. Leave the softmax out: logits are asked for."),
    "forgot-return": same("Return the model at the end of the function."),
}

EPOCH = {
    "drops-last": same("The last, smaller batch is missing. Go on until no picture is left."),
    "whole-set": same("A batch is larger than batch_size. Take batch_size pictures at a time."),
    "no-shuffle": same("The order is the same each time. Draw a new one for every epoch."),
    "labels-left": same("The pictures were shuffled without their labels. Use one order for both."),
    "eval-mode": Hint(
        keras="The model ran in inference mode. Take training steps: train_on_batch.",
        pytorch="The model was in evaluation mode. Call model.train() first.",
    ),
    "no-step": Hint(
        keras="No weight moved. train_on_batch takes a step; test_on_batch only looks.",
        pytorch="No weight moved. After backward() comes optimizer.step().",
    ),
    "no-zero-grad": Hint(
        pytorch="Gradients of earlier batches are still added in. optimizer.zero_grad() before "
        "each backward().",
    ),
    "mean-of-batches": same(
        "You average over batches; the last one is smaller. Weigh each loss by its pictures."
    ),
    "last-batch": same("That is the last batch's loss. Add up over all batches."),
    "sum": same("That is a sum. Divide by the number of pictures."),
    "forgot-return": same("Return the mean loss, as a number."),
}

FAULT = {
    "missed-frozen": Hint(
        keras="Here nothing trains: model.trainable_weights is empty.",
        pytorch="Here no parameter has requires_grad.",
    ),
    "missed-optimizer": Hint(
        pytorch="Here the optimizer was made for the old head. Look whether it holds each "
        "parameter that trains.",
    ),
    "missed-part": Hint(
        pytorch="Here the optimizer holds some of what trains, not all. One missing is a fault.",
    ),
    "missed-outputs": same("Here the last layer has not `classes` outputs."),
    "missed-loss": Hint(
        keras="Here softmax happens twice, or never: compare the last activation with "
        "model.loss.from_logits.",
    ),
    "false-alarm": Hint(
        keras="Here all is well: softmax happens once, in the model or in the loss.",
        pytorch="Here all is well: an optimizer may hold frozen parameters, and layers below the "
        "head may train.",
    ),
    "forgot-return": same('Return a word in every case, "none" too.'),
}

ONCE = {
    "training-mode": Hint(
        keras="BatchNorm used the batch, not its statistics. Inference mode: predict, or "
        "training=False.",
        pytorch="BatchNorm used the batch, not its statistics. Call backbone.eval() first.",
    ),
    "drops-last": same("Rows are missing: the last, smaller batch counts too."),
    "all-at-once": same("More than batch_size images went through at once. Cut them into parts."),
    "keeps-graph": Hint(
        pytorch="Gradients were being recorded. Compute inside torch.no_grad().",
    ),
    "mode-left": Hint(
        keras="The backbone's flags are not what they were. Leave them alone.",
        pytorch="The backbone is left in another mode. Remember backbone.training and set it back.",
    ),
    "not-numpy": same("Return a NumPy array (N, D)."),
}
