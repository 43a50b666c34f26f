"""Lesson 07, when not to fine-tune: its checks, in the order they are taken."""

from grader.checks.lesson_07 import clearly_better, drift_alarm, prepare, search

CHECKS = (clearly_better.CHECK, prepare.CHECK, search.CHECK, drift_alarm.CHECK)
