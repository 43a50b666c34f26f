"""The topics of the quiz room and the concepts a verdict is given for."""

from __future__ import annotations

TOPICS: dict[str, str] = {
    "pretrained": "01 Pretrained models",
    "freezing": "02 Freezing",
    "head": "03 A new head",
    "overfitting": "04 Overfitting",
    "fine_tuning": "05 Fine-tuning",
    "layerwise": "06 Layer-wise learning rates",
    "when_not_to": "07 When not to",
}

CONCEPTS: dict[str, dict[str, str]] = {
    "pretrained": {
        "meaning": "what a pretrained model is",
        "benefit": "why to start from one",
        "inside": "what is inside a backbone",
        "inputs": "feeding it the inputs it expects",
    },
    "freezing": {
        "meaning": "what freezing does",
        "counting": "counting trainable parameters",
        "batchnorm": "BatchNorm statistics while frozen",
        "optimizer": "optimizers, compiling and frozen parameters",
    },
    "head": {
        "replacing": "replacing the head",
        "probing": "training only the head",
        "caching": "computing features once",
        "outputs": "outputs, losses and labels",
    },
    "overfitting": {
        "curves": "reading learning curves",
        "cures": "augmentation, dropout, weight decay, early stopping",
        "data": "how much data, and what kind",
        "honesty": "held-out data and honest numbers",
    },
    "fine_tuning": {
        "recipe": "the two-phase recipe",
        "depth": "how many layers to unfreeze",
        "rate": "the learning rate when unfreezing",
        "following": "following shapes, curves and predictions",
    },
    "layerwise": {
        "groups": "parameter groups and decay by depth",
        "keras_rates": "layer-wise rates in Keras",
        "schedules": "gradual unfreezing, warm-up, range test",
        "forgetting": "catastrophic forgetting",
    },
    "when_not_to": {
        "deciding": "deciding whether to fine-tune",
        "myths": "myths about fine-tuning",
        "baselines": "probe, scratch and fine-tuning side by side",
        "production": "after the training",
    },
}


def concept_title(topic: str, concept: str) -> str:
    """Return the words a learner reads for ``concept`` of ``topic``."""
    return CONCEPTS[topic][concept]
