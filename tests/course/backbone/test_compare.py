"""`course backbone compare`: which runs are asked for, the table they make, what is left out."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from course.backbone import cli
from course.backbone.pretraining import compare
from course.backbone.pretraining.evaluate import Run, Table
from course.backbone.pretraining.transfer import ROWS, WAYS, Kept

ACCURACY = {"bundled": 0.5, "imagenet": 0.9}
asked: list[tuple] = []


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Photographs of flowers at hand, and an `evaluate` that only says what it was asked."""
    (tmp_path / "flowers").mkdir()
    monkeypatch.setenv("COURSE_PHOTOS", str(tmp_path))
    monkeypatch.setenv("COURSE_PICTURES", "")
    asked.clear()

    def evaluate(*, seeds, frameworks, rows, report, environment, table: Table) -> Table:
        weights = environment["COURSE_WEIGHTS"]
        if (weights, frameworks) == ("imagenet", ["keras"]):
            raise RuntimeError("The keras runs failed:\nWeightsError: no file in the cache")
        asked.append((weights, *frameworks, [row.id for row in rows]))
        for row in rows:
            for seed in seeds:
                accuracy = ACCURACY[weights] + seed / 100
                run = Run(frameworks[0], row.id, seed, accuracy, 2.0 + seed, 85, 250)
                table.runs.append(run)
                report(run)
        return table

    monkeypatch.setattr(compare, "evaluate", evaluate)


def invoke(*options: str):
    return CliRunner().invoke(cli.app, ["compare", *options], env={"COLUMNS": "200"})


def test_each_row_is_told_as_it_comes_and_the_table_holds_them_all(measured):
    done = invoke("--pictures-count", "100", "--ways", "head")
    assert [entry[:2] for entry in asked] == [
        ("bundled", "torch"),
        ("bundled", "keras"),
        ("imagenet", "torch"),
    ]
    assert asked[0][2] == ["flowers-100-head"]
    lines = done.stdout.splitlines()
    assert lines[0] == "bundled  torch flowers-100-head       seed 0:  50.0 % (2 s)"
    table = [line for line in lines if line.startswith("|")]
    assert table == [
        "| task | pictures | weights | trained | PyTorch | s | Keras | s |",
        "|---|--:|---|---|--:|--:|--:|--:|",
        "| flowers | 85 | bundled | head only | 51.0 % (50.0–52.0) | 3 | 51.0 % (50.0–52.0) | 3 |",
        "| flowers | 85 | imagenet | head only | 91.0 % (90.0–92.0) | 3 | – | – |",
    ]
    assert "Mean (lowest–highest) over 3 seeds on 250 test pictures" in done.stdout
    assert "Convolutions train 120 steps of 20 pictures" in done.stdout


def test_what_could_not_run_is_named_at_the_end(measured):
    done = invoke("--ways", "head", "--seeds", "1")
    assert done.exit_code == 1
    assert "Left out: imagenet, Keras: WeightsError: no file in the cache" in done.stderr


def test_one_set_of_weights_and_one_framework(measured):
    done = invoke("--weights", "imagenet", "--framework", "torch", "--seeds", "1")
    assert done.exit_code == 0, done.output
    flowers = [
        row.id for row in ROWS if row.task == "flowers" and row.way in ("scratch", "head", "tuned")
    ]
    assert asked == [("imagenet", "torch", flowers)]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--pictures-count", "7"), "--pictures-count is 7; expected one of 100, 500."),
        (("--ways", "magic"), f"--ways has magic; expected some of {', '.join(WAYS)}."),
        (("--weights", "mine"), "--weights is 'mine'; expected bundled, imagenet or both."),
        (("--framework", "jax"), "--framework is 'jax'; expected torch, keras or both."),
    ],
)
def test_what_is_not_there_is_refused(measured, options, words):
    done = invoke(*options)
    assert (done.exit_code, done.stderr.strip()) == (1, words)


def test_features_are_made_once_and_their_cost_is_counted_twice():
    kept, made = Kept(), []
    for key in ("seed 0", "seed 0", "seed 1"):
        assert kept.once(key, lambda key=key: made.append(key) or f"features of {key}") == (
            f"features of {key}"
        )
    assert made == ["seed 0", "seed 1"]
    kept = Kept(_key="seed 0", _cost_s=5.0)
    kept.once("seed 0", lambda: None)
    assert kept.saved_s == 5.0
