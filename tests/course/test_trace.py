"""Tables: what a stage table and an epoch table say, as text and as HTML."""

from __future__ import annotations

import doctest

import pytest

from course import trace

ROWS = [("pool", (None, 1280), 0), ("head", (None, 5), 6405)]


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(trace).failed == 0


def test_stage_table_counts_values_of_one_picture_and_adds_parameters() -> None:
    table = trace.stage_table([("in", (None, 97, 97, 3), 0), *ROWS])
    assert table.rows[0] == ("in", "N×97×97×3", "28,227", "0")
    assert table.rows[-1] == ("total", "", "", "6,405")


def test_table_in_html_has_a_caption_and_escapes_names() -> None:
    shown = trace.stage_table([("<head>", (5,), 5)], caption="a & b")._repr_html_()
    assert "a &amp; b</caption>" in shown
    assert "&lt;head&gt;" in shown
    assert shown.count("<tr>") == 3


def test_numbers_stand_to_the_right_and_names_to_the_left() -> None:
    shown = trace.stage_table(ROWS)._repr_html_()
    assert '<td style="text-align: left">pool</td>' in shown
    assert '<td style="text-align: right">6,405</td>' in shown


def test_epoch_table_names_phases_and_leaves_out_empty_columns() -> None:
    history = {"loss": [1.0, 0.5], "val_accuracy": [0.25, 0.5]}
    plain = trace.epoch_table(history)
    assert plain.headers == ("epoch", "loss", "val accuracy")
    full = trace.epoch_table(history, phases={"head": 1, "tune": 1}, remarks={2: "slower"})
    assert full.rows == (
        ("1", "head", "1.000", "0.250", ""),
        ("2", "tune", "0.500", "0.500", "slower"),
    )


def test_curves_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one length, received {'loss': 2, 'accuracy': 1}"):
        trace.epoch_table({"loss": [1, 2], "accuracy": [1]})


def test_phases_must_add_up() -> None:
    with pytest.raises(ValueError, match=r"add up to 2 epochs, received {'head': 3}"):
        trace.epoch_table({"loss": [1, 2]}, phases={"head": 3})


def test_a_short_row_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected 2 entries \(a, b\).*received 1"):
        trace.Table("t", ("a", "b"), (("1",),))
