"""Figures of the course: NumPy arrays in, a `Plot` with alternative text out."""

from __future__ import annotations

from course.plots.curves import (
    comparison,
    learning_curve,
    learning_curves,
    learning_rate_by_depth,
)
from course.plots.figure import Plot
from course.plots.inside import embedding, feature_maps, filters, prediction_path, project
from course.plots.layers import bn_drift, frozen_bar, layer_change
from course.plots.pictures import confusion_matrix, contact_sheet, picture_row, worst_mistakes
from course.plots.rates import accuracy_by_depth, range_test, rate_by_step, two_tasks

__all__ = [
    "Plot",
    "accuracy_by_depth",
    "bn_drift",
    "comparison",
    "confusion_matrix",
    "contact_sheet",
    "embedding",
    "feature_maps",
    "filters",
    "frozen_bar",
    "layer_change",
    "learning_curve",
    "learning_curves",
    "learning_rate_by_depth",
    "picture_row",
    "prediction_path",
    "project",
    "range_test",
    "rate_by_step",
    "two_tasks",
    "worst_mistakes",
]
