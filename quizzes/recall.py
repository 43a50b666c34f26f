"""The recall cards: one thing each, to bring back from memory. Data only."""

from __future__ import annotations

from quizzes.engine.model import Card

CARDS: tuple[Card, ...] = (
    Card(
        id="recall.fine-tuning",
        serves=("recall.1",),
        topic="pretrained",
        front="What is fine-tuning?",
        back="Training a pretrained model a little further, on a new task: what it has learned is "
        "kept, and some weights are adjusted.",
    ),
    Card(
        id="recall.not-from-scratch",
        serves=("recall.2",),
        topic="pretrained",
        front="Why not train from scratch?",
        back="Random weights must learn everything from your pictures: that takes many pictures, "
        "much time, and overfits when there are few.",
    ),
    Card(
        id="recall.freezing",
        serves=("recall.3",),
        topic="freezing",
        front="What does it mean to freeze a layer?",
        back="Training does not change its weights. It still computes its features.",
    ),
    Card(
        id="recall.vision",
        serves=("recall.4",),
        topic="pretrained",
        front="How does a pretrained model help with a new vision task?",
        back="Its early filters see edges, colors and textures, its later ones parts and shapes: "
        "most pictures have these, so only what is special has to be learned.",
    ),
    Card(
        id="recall.choose-layers",
        serves=("recall.5",),
        topic="fine_tuning",
        front="How do you choose which layers to fine-tune?",
        back="From the head downward. Few and similar pictures: few layers. Many or different "
        "pictures: more. A validation set decides.",
    ),
    Card(
        id="recall.pretrained-parts",
        topic="pretrained",
        front="The two parts of a pretrained classifier, and what becomes of them?",
        back="Backbone (features): kept. Head (old classes): replaced.",
    ),
    Card(
        id="recall.scaling",
        topic="pretrained",
        front="Which pixel values does Keras's MobileNetV2 want, and which does torchvision's?",
        back="Keras: −1 to 1 (`x / 127.5 - 1`). torchvision: 0 to 1, then ImageNet's mean and "
        "standard deviation per channel.",
    ),
    Card(
        id="recall.layout",
        topic="pretrained",
        front="In which order do the axes of a batch stand in Keras, and in PyTorch?",
        back="Keras `(N, H, W, C)`, PyTorch `(N, C, H, W)`. `permute` moves axes; `reshape` "
        "scrambles pictures.",
    ),
    Card(
        id="recall.freeze-keras",
        topic="freezing",
        front="Freeze a Keras backbone: which line, and what must follow?",
        back="`base.trainable = False`, then `model.compile(...)`: the training step is built anew "
        "only after compiling.",
    ),
    Card(
        id="recall.freeze-torch",
        topic="freezing",
        front="Freeze a PyTorch backbone, running statistics included: which two lines?",
        back="`backbone.requires_grad_(False)` and `backbone.eval()`, the second after every "
        "`model.train()`.",
    ),
    Card(
        id="recall.batchnorm",
        topic="freezing",
        front="A frozen BatchNorm layer in Keras and in PyTorch: what is the difference?",
        back="Keras: `trainable=False` also means inference mode. PyTorch: the running statistics "
        "go on moving until `.eval()`.",
    ),
    Card(
        id="recall.batchnorm-unfreezing",
        topic="freezing",
        front="You unfreeze a Keras 3 base that was called with `training=False`. What about its "
        "BatchNorm layers?",
        back="Their averages move. Set `trainable = False` on each BatchNorm layer, after "
        "`base.trainable = True`.",
    ),
    Card(
        id="recall.new-head",
        topic="head",
        front="A new head for five classes on 1280 features: how many parameters?",
        back="(1280 + 1) × 5 = 6405.",
    ),
    Card(
        id="recall.probe",
        topic="head",
        front="What is a linear probe, and what does it tell?",
        back="One linear layer trained on frozen features. It tells how well the features fit the "
        "task as they are.",
    ),
    Card(
        id="recall.cache",
        topic="head",
        front="When may you cache features, and what does it forbid?",
        back="When the backbone is frozen and in inference mode. It forbids augmenting pictures "
        "anew in each epoch.",
    ),
    Card(
        id="recall.first-loss",
        topic="head",
        front="What should the loss of a fresh head with C classes be?",
        back="About ln C: 1.61 for five classes. Far above it, look for a mistake.",
    ),
    Card(
        id="recall.softmax-twice",
        topic="head",
        front="PyTorch's `CrossEntropyLoss`: what must the model *not* end in?",
        back="Softmax. The loss applies it itself; twice, the loss cannot get near 0.",
    ),
    Card(
        id="recall.overfitting",
        topic="overfitting",
        front="How do you see overfitting in the learning curves?",
        back="Training loss goes on falling while validation loss rises; the gap grows.",
    ),
    Card(
        id="recall.cures",
        topic="overfitting",
        front="Five cures for overfitting?",
        back="Augmentation, dropout, weight decay, early stopping, fewer trainable layers. (And "
        "more, cleaner data.)",
    ),
    Card(
        id="recall.three-sets",
        topic="overfitting",
        front="Train, validation, test: what is each for?",
        back="Train: to learn. Validation: to choose. Test: once, to report.",
    ),
    Card(
        id="recall.one-run",
        topic="overfitting",
        front="How large is the standard error of an accuracy of 90 % on 150 pictures?",
        back="√(0.9 × 0.1 / 150) = 2.4 points. One run is an anecdote: show mean and range of "
        "several seeds.",
    ),
    Card(
        id="recall.two-phases",
        topic="fine_tuning",
        front="The two phases of the recipe, with their rates?",
        back="1. Base frozen, head trained, about 1e-3. 2. Last layers unfrozen, about 1e-5.",
    ),
    Card(
        id="recall.why-head-first",
        topic="fine_tuning",
        front="Why is the head trained first?",
        back="A random head sends large, meaningless gradients, which would wreck good features.",
    ),
    Card(
        id="recall.lp-ft",
        topic="fine_tuning",
        front="LP-FT: what is it, and what did it gain?",
        back="Linear probe, then fine-tune (ICLR 2022): about 1 % on like data, 10 % on shifted "
        "data, over fine-tuning at once.",
    ),
    Card(
        id="recall.layerwise",
        topic="layerwise",
        front="Layer-wise learning rates: which layers get the low ones, and why?",
        back="The early ones: their features are general and worth protecting.",
    ),
    Card(
        id="recall.adam-gradients",
        topic="layerwise",
        front="Why does scaling gradients not slow a layer down under Adam?",
        back="Adam divides by the gradient's own size: the factor cancels. Lower the rate.",
    ),
    Card(
        id="recall.optimizer-map",
        topic="layerwise",
        front="Keras `OptimizerMap`: what do patterns match, and what if none fits?",
        back="The whole of `variable.path`. If none fits: the default optimizer, silently.",
    ),
    Card(
        id="recall.forgetting",
        topic="layerwise",
        front="Catastrophic forgetting: what is it, and how is it measured?",
        back="Losing the old task while learning the new. Old head, old task, held-out pictures: "
        "accuracy before minus after.",
    ),
    Card(
        id="recall.when-not",
        topic="when_not_to",
        front="When is fine-tuning not the way?",
        back="When the domain is unrelated to the pretraining, or when you have plenty of data "
        "and computing. Measure probe, fine-tuning and scratch.",
    ),
    Card(
        id="recall.cheapest-first",
        topic="when_not_to",
        front="What do you measure first on a new task?",
        back="A linear probe on cached features: minutes of work, and it says what the rest has "
        "to beat.",
    ),
    Card(
        id="recall.drift",
        topic="when_not_to",
        front="What is drift, and what do you do about it?",
        back="The pictures that come in change. Watch accuracy on fresh labels; fine-tune on new "
        "pictures mixed with old ones.",
    ),
)
