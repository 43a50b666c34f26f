"""Lesson 05, fine-tuning: its checks, in the order they are taken."""

from grader.checks.lesson_05 import follow, front_features, phase_two, two_phases

CHECKS = (front_features.CHECK, phase_two.CHECK, two_phases.CHECK, follow.CHECK)
