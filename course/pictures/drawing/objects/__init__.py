"""Forty-eight things to pretrain on, none of them a flower, a cat or a dog."""

from course.pictures.drawing.objects.table import CLASSES, DRAWINGS

__all__ = ["CLASSES", "DRAWINGS"]
