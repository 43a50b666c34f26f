"""Figures of rates: what they say in words, that nothing is clipped, which input they refuse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from course import plots

NAMES = [f"features.{at}" for at in range(19)]
RATES = np.geomspace(1e-5, 1e-1, 40)
LOSSES = [*np.linspace(1.7, 0.2, 28), *np.linspace(1, 20, 12)]
RUNS = {"one rate, 0.001": [0.5, 0.8, 0.9], "layer-wise, low early": [0.4, 0.7, 0.88]}
OLD = {"one rate, 0.001": [0.9, 0.6, 0.4], "layer-wise, low early": [1.0, 0.98, 0.95]}

DRAWN: dict[str, Callable[[], plots.Plot]] = {
    "range": lambda: plots.range_test(RATES, LOSSES, smooth=LOSSES, chosen=6e-4),
    "range without a choice": lambda: plots.range_test(RATES, LOSSES),
    "by step": lambda: plots.rate_by_step(
        {"features.0": [1e-6, 1e-5, 1e-6], "classifier": [1e-4, 1e-3, 1e-4]}
    ),
    "two tasks": lambda: plots.two_tasks(RUNS, OLD, start=0.99, title="Learning and forgetting"),
    "one epoch": lambda: plots.two_tasks({"run": [0.5]}, {"run": [0.9]}),
    "by depth": lambda: plots.accuracy_by_depth(
        NAMES, {"flowers": np.linspace(0.3, 0.9, 19), "cells": [*[0.4] * 9, 0.6, *[0.4] * 9]}
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_of_a_figure_is_clipped(name: str):
    drawn = DRAWN[name]().figure
    FigureCanvasAgg(drawn).draw()
    ink = drawn.get_tightbbox()
    assert min(ink.x0, ink.y0) >= 0
    assert ink.x1 <= drawn.get_figwidth()
    assert ink.y1 <= drawn.get_figheight()


@pytest.mark.parametrize("name", DRAWN)
def test_text_is_large_enough_and_fits_the_column_of_a_notebook(name: str):
    figure = DRAWN[name]().figure
    sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_text()]
    assert min(sizes) >= 9
    assert figure.get_figwidth() <= 8.2


def test_a_range_test_says_where_the_loss_was_lowest_and_what_was_chosen():
    alt = DRAWN["range"]().alt
    assert "from 1.70 at rate 1.0e-05 down to 0.20 at 5.9e-03" in alt
    assert alt.endswith("20.00 at 1.0e-01; chosen: 6.0e-04")
    assert "chosen" not in DRAWN["range without a choice"]().alt


def test_two_tasks_say_how_each_run_ends():
    alt = DRAWN["two tasks"]().alt
    assert "one rate, 0.001: new task 90%, old task 40% at the end" in alt
    assert alt.endswith("The old task began at 99%.")


def test_rates_by_step_name_both_ends():
    assert "classifier from 1.0e-04 to 1.0e-04" in DRAWN["by step"]().alt


def test_depth_names_the_best_stage_of_each_task():
    alt = DRAWN["by depth"]().alt
    assert "flowers best at features.18 (90%)" in alt
    assert "cells best at features.9 (60%)" in alt


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.range_test([1e-5], [1.0, 2.0]), "one loss per rate"),
        (lambda: plots.range_test([], []), "Run the test first"),
        (lambda: plots.range_test([0.0], [1.0]), "rates above 0"),
        (lambda: plots.rate_by_step({"a": [1.0], "b": [1.0, 2.0]}), "lines of one length"),
        (lambda: plots.rate_by_step({}), "received none"),
        (lambda: plots.two_tasks({"a": [1.0]}, {"b": [1.0]}), "the same runs twice"),
        (lambda: plots.accuracy_by_depth(NAMES, {"a": [1.0]}), "one accuracy per stage"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw: Callable[[], plots.Plot], message: str):
    with pytest.raises(ValueError, match=message):
        draw()
