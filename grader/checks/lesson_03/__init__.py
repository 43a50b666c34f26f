"""Lesson 03, a new head: its checks, in the order they are taken."""

from grader.checks.lesson_03 import features_once, find_fault, new_head, train_epoch

CHECKS = (new_head.CHECK, train_epoch.CHECK, find_fault.CHECK, features_once.CHECK)
