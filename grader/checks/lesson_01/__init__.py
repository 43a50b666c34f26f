"""Lesson 01, what is inside a pretrained model: its checks, in the order they are taken."""

from grader.checks.lesson_01 import features, head, head_parameters, names, preprocess

CHECKS = (preprocess.CHECK, features.CHECK, head.CHECK, head_parameters.CHECK, names.CHECK)
