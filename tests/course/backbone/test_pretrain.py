"""Pretraining: the same weights whether interrupted or not, and honest about what it resumes."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from course.backbone import cli
from course.backbone.pretraining.recipe import Recipe
from tests.helpers import run_json

TINY = """
import json, sys, dataclasses
from pathlib import Path
from types import SimpleNamespace
import numpy as np
from course.backbone import WeightsError
from course.backbone.pretraining import pretrain as module
from course.backbone.pretraining.pretrain import pretrain
from course.backbone.pretraining.recipe import Recipe
from course.backbone.weights import read_weights

folder = Path(sys.argv[1])
module.CHECKPOINT_EVERY = 2
def draw(count, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    images = rng.integers(0, 60, (count, 65, 65, 3), dtype=np.uint8)
    images[np.arange(count), :, :, labels] += 150
    return SimpleNamespace(images=images, labels=labels, classes=("red", "green", "blue"))
train, val = draw(24, 0), draw(6, 1)
recipe = Recipe(per_class=8, epochs=4, batch_size=6, size_px=65, small_px=33)
def go(name, **options):
    return pretrain(train, val, out=folder / f"{name}.safetensors", recipe=options.pop(
        "recipe", recipe), checkpoint=folder / f"{name}.pt", **options)
def words(**options):
    try:
        go(**options)
    except WeightsError as error:
        return str(error)

seen = []
whole = go("whole", report=lambda p: seen.append([p.step, p.size_px]))
def stop(progress):
    if progress.step == 7:
        raise KeyboardInterrupt
try:
    go("parts", report=stop)
except KeyboardInterrupt:
    pass
other = words(name="parts", resume=True, recipe=dataclasses.replace(recipe, epochs=5))
paused = go("parts", resume=True, minutes=0)
parts = go("parts", resume=True)
(folder / "bad.pt").write_bytes(b"half")
print(json.dumps({
    "seen": seen,
    "whole": [whole.finished, whole.step, whole.steps, whole.accuracy],
    "paused": [paused.finished, paused.step, paused.path],
    "same": read_weights(whole.path).sha256 == read_weights(parts.path).sha256,
    "seed": read_weights(go("seed", recipe=dataclasses.replace(recipe, seed=1)).path).sha256
            != read_weights(whole.path).sha256,
    "classes": read_weights(whole.path).classes,
    "left": sorted(p.name for p in folder.glob("*.pt*")),
    "nothing": words(name="nothing", resume=True),
    "bad": words(name="bad", resume=True),
    "other": other,
}))
"""

AUGMENT = """
import json, torch
from course.backbone.pretraining.augment import augment, to_input
images = torch.randint(0, 256, (6, 97, 97, 3), dtype=torch.uint8)
made = [augment(images, size_px=side, generator=torch.Generator().manual_seed(seed))
        for side, seed in ((65, 0), (65, 0), (65, 1), (97, 0))]
print(json.dumps({
    "shapes": [list(m.shape) for m in made],
    "same": torch.equal(made[0], made[1]),
    "other": not torch.equal(made[0], made[2]),
    "range": bool(made[3].abs().max() <= 1),
    "ends": [to_input(torch.full((1, 1, 1, 3), v, dtype=torch.uint8)).unique().tolist()
             for v in (0, 255)],
}))
"""


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    return run_json(TINY, str(tmp_path_factory.mktemp("pretraining")))


@pytest.mark.torch
def test_an_interrupted_training_ends_in_the_same_weights(facts):
    assert facts["same"]
    assert facts["seed"]
    assert facts["paused"] == [False, 7, None]
    assert facts["left"] == ["bad.pt"]


@pytest.mark.torch
def test_the_schedule_is_walked_to_its_end(facts):
    assert facts["whole"][:3] == [True, 16, 16]
    assert facts["seen"] == [[s, 33 if s <= 10 else 65] for s in range(1, 17)]
    assert 0 <= facts["whole"][3] <= 1
    assert facts["classes"] == ["red", "green", "blue"]


@pytest.mark.torch
def test_what_cannot_be_resumed_says_why(facts):
    assert "Nothing to resume" in facts["nothing"]
    assert "is damaged" in facts["bad"]
    assert "belongs to another training: epochs changed" in facts["other"]


@pytest.mark.torch
def test_augmentation_repeats_with_its_generator():
    made = run_json(AUGMENT)
    assert made["shapes"] == [[6, 3, 65, 65]] * 3 + [[6, 3, 97, 97]]
    assert (made["same"], made["other"], made["range"]) == (True, True, True)
    assert made["ends"] == [[-1.0], [1.0]]


def test_a_recipe_refuses_sizes_at_which_the_frameworks_differ():
    with pytest.raises(ValueError, match=r"of the form 32k \+ 1.*got \(96, 65\)"):
        Recipe(size_px=96)
    with pytest.raises(ValueError, match=r"must be at least 1; got \(600, 0, 64\)"):
        Recipe(epochs=0)


def test_the_command_knows_its_options():
    text = CliRunner().invoke(cli.app, ["pretrain", "--help"], env={"COLUMNS": "120"}).output
    assert all(option in text for option in ("--resume", "--out", "--minutes", "--epochs"))
