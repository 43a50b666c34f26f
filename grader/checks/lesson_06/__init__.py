"""Lesson 06, layer-wise learning rates: its checks, in the order they are taken."""

from grader.checks.lesson_06 import depth_rates, gradual, layerwise_optimizer, warm_up

CHECKS = (depth_rates.CHECK, layerwise_optimizer.CHECK, warm_up.CHECK, gradual.CHECK)
