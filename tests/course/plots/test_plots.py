"""Figures: what they say in words, that nothing is clipped, and which input they refuse."""

from __future__ import annotations

import base64
import doctest
import io
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from course import plots
from course.plots import figure

CLASSES = ("daisy", "dandelion", "rose", "sunflower", "tulip")
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (20, 97, 97, 3), dtype=np.uint8)
LABELS = np.arange(20) % 5
HISTORY = {
    "loss": [1.5, 0.9, 0.4, 0.2],
    "val_loss": [1.4, 1.0, 0.9, 1.1],
    "accuracy": [0.3, 0.6, 0.9, 0.98],
    "val_accuracy": [0.35, 0.55, 0.6, 0.6],
}
DEEP = [f"block_{at}.conv" for at in range(52)]
STAGES = [
    ("picture", (97, 97, 3)),
    ("stem", (49, 49, 16)),
    ("blocks 4–6", (13, 13, 16)),
    ("last conv", (4, 4, 1280)),
    ("pool", (1280,)),
    ("head", (5,)),
]

DRAWN: dict[str, Callable[[], plots.Plot]] = {
    "curve": lambda: plots.learning_curve(
        HISTORY, phases={"head": 2, "fine-tuning": 2}, title="Flowers"
    ),
    "two curves": lambda: plots.learning_curves(
        {"from scratch": HISTORY, "pretrained": HISTORY},
        phases={"pretrained": {"head": 2, "fine-tuning": 2}},
        title="100 pictures",
    ),
    "loss only": lambda: plots.learning_curve({"loss": [1, 0.5], "val_loss": [1, 0.8]}),
    "rates": lambda: plots.learning_rate_by_depth(
        DEEP[:19], {"one": [1e-4] * 19, "head only": [0] * 18 + [1e-3]}
    ),
    "comparison": lambda: plots.comparison(
        {"from scratch": [40.0, 44.0], "frozen backbone + new head": [85.0, 88.0]},
        title="100 pictures",
        chance=20,
        target=85,
    ),
    "filters": lambda: plots.filters(RNG.normal(size=(16, 3, 3, 3)), title="First filters"),
    "maps": lambda: plots.feature_maps(
        {"stem": RNG.normal(size=(49, 49, 16)), "blocks 14–17": RNG.normal(size=(4, 4, 112))},
        image=IMAGES[0],
    ),
    "embedding": lambda: plots.embedding(
        {"pixels": RNG.normal(size=(20, 9)), "features": RNG.normal(size=(20, 4))}, LABELS, CLASSES
    ),
    "path": lambda: plots.prediction_path(
        STAGES, np.array([0.1, 0.1, 0.6, 0.1, 0.1]), CLASSES, image=IMAGES[0]
    ),
    "frozen": lambda: plots.frozen_bar([("stem", 0, 464), ("blocks", 90, 40), ("head", 6405, 0)]),
    "change": lambda: plots.layer_change(DEEP, np.r_[np.zeros(42), 10.0 ** -np.arange(1, 11)]),
    "drift": lambda: plots.bn_drift(DEEP, {"train()": np.full(52, 0.1), "eval()": np.zeros(52)}),
    "sheet": lambda: plots.contact_sheet(
        SimpleNamespace(images=IMAGES, labels=LABELS, classes=CLASSES), per_class=4
    ),
    "row": lambda: plots.picture_row(list(IMAGES[:3]), ["one", "two\nlines", "three"]),
    "confusion": lambda: plots.confusion_matrix(LABELS, np.roll(LABELS, 1), CLASSES),
    "worst": lambda: plots.worst_mistakes(
        IMAGES, LABELS, np.roll(np.eye(5)[LABELS], 1, axis=1), CLASSES, count=5
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_of_a_figure_is_clipped(name: str) -> None:
    drawn = DRAWN[name]().figure
    FigureCanvasAgg(drawn).draw()
    ink = drawn.get_tightbbox()
    assert min(ink.x0, ink.y0) >= 0
    assert ink.x1 <= drawn.get_figwidth()
    assert ink.y1 <= drawn.get_figheight()


@pytest.mark.parametrize("name", DRAWN)
def test_text_is_large_enough_and_fits_the_column_of_a_notebook(name: str) -> None:
    plot = DRAWN[name]()
    sizes = [text.get_fontsize() for text in plot.figure.findobj(Text) if text.get_text()]
    assert min(sizes) >= 9
    assert plot.figure.get_figwidth() <= 8.2


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_shown_as_an_image_with_its_words(name: str) -> None:
    plot = DRAWN[name]()
    shown = plot._repr_mimebundle_()
    assert len(plot.alt) > 20
    assert shown["text/plain"] == f"[figure] {plot.alt}"
    data = re.search(r'src="data:image/png;base64,([^"]+)"', shown["text/html"])
    assert data is not None
    image = Image.open(io.BytesIO(base64.b64decode(data[1])))
    width = round(plot.figure.get_figwidth() * figure.SCREEN_DPI)
    assert image.width == pytest.approx(width * figure.SHARPNESS, abs=1)


def test_nbconvert_keeps_the_alternative_text() -> None:
    plot = plots.Plot(DRAWN["row"]().figure, 'A "quoted" <text>')
    output = new_output("display_data", data=plot._repr_mimebundle_())
    notebook = new_notebook(cells=[new_code_cell("plot", outputs=[output])])
    page, _ = HTMLExporter().from_notebook_node(nbformat.from_dict(notebook))
    image = BeautifulSoup(page, "html.parser").find("img")
    assert image["alt"] == plot.alt
    assert image["src"].startswith("data:image/png;base64,")


def test_a_figure_is_saved_alike_each_time(tmp_path: Path) -> None:
    first, second = (DRAWN["row"]().save(tmp_path / name) for name in ("a/1.png", "b/2.png"))
    assert first.read_bytes() == second.read_bytes()


def test_learning_curve_says_the_gap_and_the_phases() -> None:
    alt = DRAWN["curve"]().alt
    assert "validation accuracy from 0.35 to 0.60; final gap 0.38" in alt
    assert alt.endswith("phases head (2 epochs), fine-tuning (2 epochs)")


def test_the_word_for_a_narrow_gap_keeps_clear_of_the_numbers_of_the_axis() -> None:
    loss = {"loss": [0.6, 0.06], "val_loss": [7.0, 0.6]}
    plot = plots.learning_curve({**loss, "accuracy": [0.7, 0.9], "val_accuracy": [0.6, 0.7]})
    axis = plot.figure.axes[0]
    plot.figure.canvas.draw()
    word = next(text for text in axis.findobj(Text) if text.get_text() == "gap 0.54")
    assert word.get_window_extent().y0 > axis.get_window_extent().y0


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ({}, "at least one epoch .* received nothing. Train first"),
        ({"loss": []}, "at least one epoch"),
        ({"loss": [1, 2], "accuracy": [1]}, "of one length, received {'loss': 2, 'accuracy': 1}"),
        (SimpleNamespace(history={}), "received SimpleNamespace. With Keras, pass history.history"),
    ],
)
def test_learning_curve_refuses(history: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.learning_curve(history)  # type: ignore[arg-type]


def test_learning_curve_refuses_phases_that_do_not_add_up() -> None:
    with pytest.raises(ValueError, match=r"add up to 4 epochs, received {'head': 3} \(3\)"):
        plots.learning_curve(HISTORY, phases={"head": 3})


def test_learning_curves_of_two_runs_share_a_scale() -> None:
    drawn = DRAWN["two curves"]()
    high = {"accuracy": [0.9, 0.95], "val_accuracy": [0.9, 0.92]}
    left, right = plots.learning_curves({"low": HISTORY, "high": high}).figure.axes
    assert left.get_ylim() == right.get_ylim()
    assert left.get_ylim()[0] < 0.3 < 1 < left.get_ylim()[1]
    assert drawn.alt.startswith("100 pictures. Learning curve: from scratch, 4 epochs: ")
    with pytest.raises(ValueError, match=r"'accuracy' or 'val_accuracy' in each run; \['b'\]"):
        plots.learning_curves({"a": HISTORY, "b": {"loss": [1.0]}})


def test_comparison_says_mean_and_range() -> None:
    assert "from scratch 42.0 % (40.0–44.0); frozen" in DRAWN["comparison"]().alt
    assert plots.comparison({"Keras": 12.0}, unit="s").alt == "Comparison. Keras 12.0 s"
    with pytest.raises(ValueError, match="Run first"):
        plots.comparison({})


@pytest.mark.parametrize(
    ("values", "low", "top"), [([0, 0], 0, 1), ([-4, -2], -4, 0), ([-1, 3], -1, 3)]
)
def test_comparison_shows_results_of_zero_and_below(values, low, top):
    axis = plots.comparison({"forgotten": values}, unit="points").figure.axes[0]
    left, right = axis.get_xlim()
    assert left == low
    assert right > top
    assert low <= min(axis.get_xticks()) <= max(axis.get_xticks()) <= top


def test_filters_name_the_layouts_they_do_not_take() -> None:
    with pytest.raises(ValueError, match=r"received \(3, 3, 3, 16\).*Keras keeps \(H, W, 3, N\)"):
        plots.filters(np.zeros((3, 3, 3, 16)))


def test_a_filter_of_zeros_is_mid_grey() -> None:
    drawn = plots.filters(np.zeros((1, 3, 3, 3)), columns=1).figure
    assert (drawn.axes[0].get_images()[0].get_array() == 0.5).all()


def test_feature_maps_refuse_a_batch() -> None:
    with pytest.raises(ValueError, match=r"'stem' as \(H, W, C\), received \(1, 4, 4, 8\)"):
        plots.feature_maps({"stem": np.zeros((1, 4, 4, 8))})


def test_project_finds_the_directions_of_largest_spread() -> None:
    line = np.outer([-3.0, 0.0, 3.0], [0.6, 0.8])
    assert np.allclose(plots.project(line, 1).ravel(), [-3, 0, 3])
    points = RNG.normal(size=(50, 6)) * [9, 5, 1, 1, 1, 1]
    flat = plots.project(points)
    covariance = np.cov(flat.T)
    assert abs(covariance[0, 1]) < 1e-9
    largest = np.linalg.eigvalsh(np.cov(points.T))[::-1][:2]
    assert np.allclose(np.diag(covariance), largest)


def test_embedding_refuses_pictures_that_are_not_flat() -> None:
    with pytest.raises(ValueError, match=r"20 rows of numbers in 'pixels'.*Flatten"):
        plots.embedding({"pixels": IMAGES}, LABELS, CLASSES)


def test_labels_of_an_embedding_do_not_cover_each_other() -> None:
    heights = plots.inside._spread(np.array([0.0, 0.0, 5.0, 0.1]), 1.0)
    assert np.diff(np.sort(heights)).min() >= 1 - 1e-6
    assert heights[2] == 5.0


def test_prediction_path_names_stages_and_winner() -> None:
    alt = DRAWN["path"]().alt
    assert "picture 97×97×3 → stem 49×49×16" in alt
    assert alt.endswith("Result: rose 0.60")


def test_prediction_path_refuses_logits() -> None:
    with pytest.raises(ValueError, match=r"sum 9\.000\. Apply softmax"):
        plots.prediction_path(STAGES, np.array([1, 2, 3, 2, 1]), CLASSES)


def test_frozen_bar_counts() -> None:
    alt = DRAWN["frozen"]().alt
    assert "6,495 of 6,999 train parameters" in alt
    assert "blocks 90 train, 40 frozen; head 6,405 train" in alt


def test_layer_change_counts_what_moved_exactly() -> None:
    assert "10 of 52 layers moved" in DRAWN["change"]().alt
    assert "0 of 2 layers moved" in plots.layer_change(["a", "b"], [0, 0]).alt
    with pytest.raises(ValueError, match=r"one value per layer \(2\) in the changes"):
        plots.layer_change(["a", "b"], [0])
    with pytest.raises(ValueError, match="take abs"):
        plots.layer_change(["a"], [-1])


def test_drift_counts_layers_per_case() -> None:
    alt = DRAWN["drift"]().alt
    assert "train(): 52 of 52 layers drift, at most 0.1; eval(): 0 of 52 layers drift" in alt


def test_confusion_matrix_names_the_most_frequent_mistake() -> None:
    plot = plots.confusion_matrix([0, 0, 1, 1, 1], [0, 1, 0, 0, 1], ("cat", "dog"))
    assert "40% right; most frequent mistake: dog taken for cat (2 times)" in plot.alt
    assert "no mistakes" in plots.confusion_matrix([0, 1], [0, 1], ("cat", "dog")).alt
    with pytest.raises(ValueError, match="argmax"):
        plots.confusion_matrix(LABELS, np.eye(5)[LABELS], CLASSES)


def test_worst_mistakes_come_surest_first() -> None:
    chances = np.array([[0.4, 0.6], [0.1, 0.9], [0.2, 0.8]])
    plot = plots.worst_mistakes(IMAGES[:3], [0, 0, 1], chances, ("cat", "dog"))
    assert "2 surest mistakes" in plot.alt
    assert plot.alt.index("says dog 0.90") < plot.alt.index("says dog 0.60")
    right = plots.worst_mistakes(IMAGES[:3], [1, 1, 1], chances, ("cat", "dog"))
    assert right.alt == "No mistakes among 3 images."


def test_rates_need_one_value_per_layer() -> None:
    with pytest.raises(ValueError, match=r"one value per layer \(52\) in the rates of 'one'"):
        plots.learning_rate_by_depth(DEEP, {"one": [1e-3]})


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(figure).failed == 0
    assert doctest.testmod(plots.inside).failed == 0


def test_series_differ_without_color() -> None:
    looks = [figure.series(at) for at in range(8)]
    assert len({str(look["linestyle"]) for look in looks}) == 8
    assert len({look["marker"] for look in looks}) == 8
