"""Lesson 02, freezing: its checks, in the order they are taken."""

from grader.checks.lesson_02 import (
    count_trainable,
    freeze_backbone,
    next_phase,
    still_batchnorm,
    unfreeze_last,
)

CHECKS = (
    count_trainable.CHECK,
    freeze_backbone.CHECK,
    still_batchnorm.CHECK,
    unfreeze_last.CHECK,
    next_phase.CHECK,
)
