"""Lesson 04, overfitting: its checks, in the order they are taken."""

from grader.checks.lesson_04 import augment, early_stopping, out_of_fold, overfitting_gap, target

CHECKS = (
    overfitting_gap.CHECK,
    augment.CHECK,
    early_stopping.CHECK,
    out_of_fold.CHECK,
    target.CHECK,
)
