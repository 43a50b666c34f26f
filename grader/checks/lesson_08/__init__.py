"""Lesson 08, the capstone: its checks, in the order they are taken."""

from grader.checks.lesson_08 import fine_tune, saved_model, shared_pictures

CHECKS = (shared_pictures.CHECK, fine_tune.CHECK, saved_model.CHECK)
