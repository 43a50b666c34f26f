"""constraints.txt holds what is installed, all of it, and nothing but names and versions."""

from __future__ import annotations

import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from course import pins
from tests.helpers import ROOT

SYSTEM_LINES = ['gpu ; sys_platform == "linux"', 'win ; sys_platform == "win32"']
LINES = [
    line
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_names_and_versions_only():
    form = r'[a-z0-9-]+==[\w.]+( ; sys_platform == "linux")?'
    assert [line for line in LINES if not re.fullmatch(form, line)] == []


def test_every_dependency_is_pinned_at_what_is_installed():
    pinned = {Requirement(line).name: line for line in LINES}
    wrong = {name: line for name, line in pins.pins().items() if pinned.get(name) != line}
    # Another system or another build of PyTorch may bring a few packages of its own.
    assert {name for name in wrong if name in pinned} == set()
    assert len(wrong) <= 5, wrong


def test_the_course_itself_is_not_pinned():
    assert not any(line.startswith("finetuning-course") for line in LINES)


@pytest.fixture
def packages(monkeypatch):
    """Stand in for what is installed."""
    asks = {
        "finetuning-course": ["a[x]>=1", 'dev-tool ; extra == "dev"'],
        "a": [
            "b",
            'gpu ; sys_platform == "linux"',
            'win ; sys_platform == "win32"',
            'c; extra == "x"',
        ],
        "b": ["a"],
    }
    installed = dict.fromkeys(("a", "b", "c", "gpu", "dev-tool", "finetuning-course"), "1.0")

    def version(name: str) -> str:
        if name not in installed:
            raise metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(pins.metadata, "requires", asks.get)
    monkeypatch.setattr(pins.metadata, "version", version)


def test_follows_extras_circles_and_systems(packages):
    assert list(pins.pins().values()) == [
        "a==1.0",
        "b==1.0",
        "c==1.0",
        'gpu==1.0 ; sys_platform == "linux"',
    ]


def test_tools_stand_apart(packages):
    needed, tools = pins.text().split(pins.TOOLS_HEADER)
    assert "a==1.0" in needed
    assert tools.split() == ["dev-tool==1.0"]


def test_differences_are_named(tmp_path):
    (tmp_path / "c.txt").write_text("a==1\nb==1\n")
    assert pins.differing("a==1\nb==2\n", tmp_path / "c.txt") == ["- b==1", "+ b==2"]
