"""The builder: one lesson.md becomes four notebooks, the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from solutions import build
from solutions.builder import LessonError, build_notebook, read_cells
from tests.helpers import run_python

LESSON = """\
---
jupyter:
  kernelspec: {display_name: Python 3, language: python, name: python3}
---

# Freezing

Set {{keras: `trainable = False` || pytorch: `requires_grad = False`}}.

```python framework="keras"
import keras
```

```python framework="pytorch" name="load"
import torch
```

<!-- #region framework="keras" -->
Only here.
<!-- #endregion -->

```python exercise="freeze-all"
def freeze(model):
    ### BEGIN SOLUTION
    model.trainable = False
    ### END SOLUTION
```

```python test="freeze-all" points=2
check("99-demo/freeze-all", freeze=freeze);
```

<!-- #region manual="explain" points=3 -->
Explain.

### BEGIN SOLUTION
It keeps what was learned.
### END SOLUTION
<!-- #endregion -->
"""


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A project with one small lesson, built below ``built``."""
    (tmp_path / "solutions/99-demo").mkdir(parents=True)
    (tmp_path / "solutions/99-demo/lesson.md").write_text(LESSON, encoding="utf-8")
    build.build_into(tmp_path / "built", ["99-demo"], root=tmp_path)
    return tmp_path


def cells_of(framework: str, text: str = LESSON) -> list[nbformat.NotebookNode]:
    return nbformat.reads(build_notebook(text, framework), as_version=4).cells


def test_each_framework_gets_its_own_cells():
    assert [c.id for c in cells_of("keras")] == [
        "cell-001", "cell-002", "cell-004", "freeze-all", "test-freeze-all", "explain",
    ]  # fmt: skip
    assert [c.id for c in cells_of("pytorch")] == [
        "cell-001", "load", "freeze-all", "test-freeze-all", "explain",
    ]  # fmt: skip


def test_shared_text_takes_the_words_of_its_framework():
    assert "Set `trainable = False`." in cells_of("keras")[0].source
    assert "Set `requires_grad = False`." in cells_of("pytorch")[0].source


def test_graded_cells_carry_nbgraders_third_schema():
    by_id = {c.id: c.metadata.get("nbgrader") for c in cells_of("keras")}
    common = {"schema_version": 3, "task": False}
    assert by_id == {
        "cell-001": None,
        "cell-002": None,
        "cell-004": None,
        "freeze-all": common
        | {"grade": False, "solution": True, "locked": False, "grade_id": "freeze-all"},
        "test-freeze-all": common
        | {
            "grade": True,
            "solution": False,
            "locked": True,
            "grade_id": "test-freeze-all",
            "points": 2,
        },
        "explain": common
        | {"grade": True, "solution": True, "locked": False, "grade_id": "explain", "points": 3},
    }


def test_a_failed_test_cell_does_not_stop_the_notebook():
    tags = {c.id: c.metadata.get("tags") for c in cells_of("pytorch") if "tags" in c.metadata}
    assert tags == {"test-freeze-all": ["raises-exception"]}


def test_building_twice_gives_the_same_bytes():
    assert build_notebook(LESSON, "keras") == build_notebook(LESSON, "keras")


def test_the_notebook_says_only_what_a_kernel_needs():
    notebook = json.loads(build_notebook(LESSON, "pytorch"))
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)


def test_nbgrader_releases_without_answers_and_without_the_source(demo: Path):
    released = demo / "built/lessons/99-demo"
    assert sorted(p.name for p in released.iterdir()) == ["keras.ipynb", "pytorch.ipynb"]
    cells = {c.id: c for c in nbformat.read(released / "keras.ipynb", as_version=4).cells}
    assert cells["freeze-all"].source == "def freeze(model):\n    # YOUR CODE HERE\n    ..."
    assert cells["explain"].source == "Explain.\n\nYOUR ANSWER HERE"
    assert cells["test-freeze-all"].metadata.editable is False
    assert len(cells["test-freeze-all"].metadata.nbgrader.checksum) == 32


def test_stale_names_what_is_missing_changed_or_left_over(demo: Path):
    built = demo / "built"
    for path in sorted(built.rglob("*.ipynb")):
        target = demo / path.relative_to(built)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    assert list(build.stale_files(built, ["99-demo"], root=demo)) == []
    (demo / "lessons/99-demo/keras.ipynb").unlink()
    (demo / "lessons/99-demo/jax.ipynb").write_text("{}")
    (demo / "solutions/99-demo/pytorch.ipynb").write_text("{}")
    assert [p.as_posix() for p in build.stale_files(built, ["99-demo"], root=demo)] == [
        "solutions/99-demo/pytorch.ipynb",
        "lessons/99-demo/jax.ipynb",
        "lessons/99-demo/keras.ipynb",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ('framework="keras"', 'framework="jax"'),
            "framework 'jax'; expected one of keras, pytorch",
        ),
        (('name="load"', 'nmae="load"'), "cell 3 .*unknown attribute 'nmae'; known are exercise"),
        (('name="load"', 'name="freeze-all"'), "pytorch: the id 'freeze-all' is used by two cells"),
        (('name="load"', 'name="Load it"'), "ids are lower-case letters, digits and hyphens"),
        ((" points=2", ""), r"needs points=… \(a number above 0\)"),
        (('exercise="freeze-all"', 'exercise="freeze-all" points=2'), "has points, which only"),
        (('test="freeze-all"', 'test="thaw"'), r"do not pair up for \['freeze-all', 'thaw'\]"),
        (('exercise="freeze-all"', 'name="x"'), "shows an answer outside an exercise"),
        (("    ### END SOLUTION\n", ""), "lacks ### BEGIN SOLUTION and ### END SOLUTION"),
        (('manual="explain"', 'manual="explain" test="x"'), "is test and manual at once"),
        (("{{keras", "{{jax"), "must offer keras and pytorch"),
        (("|| pytorch", "| pytorch"), "write .* in full"),
    ],
)
def test_a_mistake_in_a_lesson_is_named(change: tuple[str, str], message: str):
    with pytest.raises(LessonError, match=message):
        build_notebook(LESSON.replace(*change), "pytorch")


def test_code_that_is_only_shown_stays_text():
    shown = LESSON.replace('python framework="keras"', "python .noeval")
    assert [c.kind for c in read_cells(shown)][:2] == ["markdown", "code"]


def test_an_unknown_lesson_is_refused(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="2"):
        build.main(["77-none"])
    assert "no lesson '77-none'" in capsys.readouterr().err


def test_everything_generated_is_up_to_date():
    done = run_python("import solutions.build as b; raise SystemExit(b.main(['--check']))")
    assert done.stdout == f"up to date: {len(build.lesson_names())} lessons\n"
