"""What every test stands on: a folder of its own for work and cache, and no one's settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import ROOT

NOTEBOOKS = "test_lessons.py"  # runs every notebook, once
# A person's choices must not decide what the tests see.
SWITCHES = (
    "COURSE_WEIGHTS",
    "COURSE_PICTURES",
    "COURSE_PHOTOS",
    "COURSE_MIRROR",
    "COURSE_FAST",
    "KERAS_BACKEND",
)

# Where a person keeps settings and weights; child processes inherit them.
HOMES = (
    "HOME",
    "USERPROFILE",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "KERAS_HOME",
    "TORCH_HOME",
    "MPLCONFIGDIR",
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, the notebooks."""
    items.sort(key=lambda item: item.path.name != NOTEBOOKS)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep on one worker what shares expensive things: a file, or one notebook's tests."""
    from xdist.scheduler import LoadFileScheduling

    class ByNotebook(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file, _, test = nodeid.partition("::")
            return file + test.partition("[")[2] if file.endswith(NOTEBOOKS) else file

    return ByNotebook(config, log)


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory):
    """Keep the whole run out of a person's ``work/``, cache and IPython profile."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # the workers of one run share what they have drawn
    with pytest.MonkeyPatch.context() as patch:
        for name in SWITCHES:
            patch.delenv(name, raising=False)
        patch.setenv("COURSE_CACHE", str(root / "cache"))
        patch.setenv("COURSE_WORK", str(root / "work"))
        (root / "home").mkdir(exist_ok=True)
        for name in HOMES:
            patch.setenv(name, str(root / "home" / name.lower()))
        yield


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """Real photographs and ImageNet weights: ``COURSE_REAL``, or ``../shared/real``.

    Skips, with the reason, where there are none.
    """
    asked = os.environ.get("COURSE_REAL", "").strip()
    folder = Path(asked).expanduser() if asked else ROOT.parent / "shared" / "real"
    if not (folder / "photos").is_dir():
        pytest.skip(f"no real photographs in {folder}; set COURSE_REAL to a folder with photos/")
    return folder.resolve()
