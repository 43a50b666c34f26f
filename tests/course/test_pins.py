"""The lock files name all that is asked for, with hashes, for every system that is promised."""

from __future__ import annotations

import importlib.util
import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from course import pins
from course.install import packages, venv
from course.install.problems import LOCK, explain
from tests.helpers import ROOT

SYSTEMS = (
    "x86_64-manylinux_2_28",
    "aarch64-manylinux_2_28",
    "x86_64-pc-windows-msvc",
    "aarch64-apple-darwin",
)


def requirement(entry: str) -> Requirement:
    return Requirement(entry.split("--hash")[0].strip(" \\\n"))


@pytest.fixture(scope="module")
def locked() -> list[Requirement]:
    return [requirement(entry) for entry in packages.locked(LOCK)]


@pytest.mark.parametrize("lock", [LOCK, venv.TOOLS])
def test_every_version_is_exact_and_has_its_hashes(lock):
    form = r"[a-z0-9-]+==[\w.]+( ; [^\n]+?)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+"
    odd = [entry for entry in packages.locked(lock) if not re.fullmatch(form, entry)]
    assert odd == []


def test_no_index_is_named():
    assert "://" not in (ROOT / LOCK).read_text() + (ROOT / venv.TOOLS).read_text()


def test_all_that_is_asked_for_is_locked(locked):
    names = {one.name for one in locked}
    tools = {requirement(entry).name for entry in packages.locked(venv.TOOLS)}
    asked = venv.declared()
    assert {canonicalize_name(Requirement(one).name) for one in asked["dependencies"]} <= names
    for extra in asked["optional-dependencies"].values():
        assert {canonicalize_name(Requirement(one).name) for one in extra} <= names | tools
    assert not names & tools


def test_what_is_installed_is_what_is_locked(locked):
    wrong = {}
    for one in locked:
        if one.marker is None or one.marker.evaluate():
            try:
                here = Version(metadata.version(one.name)).public  # PyTorch's CPU build: 2.15.0+cpu
            except metadata.PackageNotFoundError:
                here = "missing"
            if not one.specifier.contains(here, prereleases=True):
                wrong[one.name] = here
    # Another build of PyTorch leaves out what belongs to CUDA.
    assert {n: v for n, v in wrong.items() if not (v == "missing" and packages.CUDA.match(n))} == {}


@pytest.mark.slow
@pytest.mark.parametrize("python", ["3.11.0", "3.11.2", "3.12.0", "3.13.0"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_promised_system_finds_a_wheel_of_each(system, python):
    if importlib.util.find_spec("uv") is None:
        pytest.skip("uv is not installed")
    place = ("--python-platform", system, "--python-version", python)
    try:
        found = pins.uv(*pins.COMPILE, *place, "-c", LOCK, environment=pins.MACOS)
    except pins.PinsError as error:
        if explain(str(error), 1).cause in ("network", "trust"):
            pytest.skip("no package index can be reached")
        raise
    pinned = {packages.pin(entry) for entry in packages.locked(LOCK)}
    assert {line.split()[0] for line in found.splitlines() if "==" in line} <= pinned


@pytest.fixture
def fake_uv(tmp_path, monkeypatch):
    """Stand in for uv, with two lock files beside it."""
    for name in (LOCK, venv.TOOLS):
        (tmp_path / name).write_text("a==1 --hash=sha256:00\n")
    monkeypatch.setattr(venv, "project", lambda: tmp_path)
    said = []

    def write_more(*arguments, environment=None):
        said.append(arguments)
        with open(arguments[-1], "a") as file:
            file.write("b==2 --hash=sha256:00\n")
        return ""

    monkeypatch.setattr(pins, "uv", write_more)
    return said


def test_check_names_what_is_stale_and_changes_nothing(fake_uv, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["pins", "--check"])
    with pytest.raises(SystemExit, match=r"out of date: requirements\.lock, tools\.lock\. Next"):
        pins.main()
    assert (tmp_path / LOCK).read_text() == "a==1 --hash=sha256:00\n"


def test_tools_leave_out_what_the_course_has(fake_uv, monkeypatch):
    monkeypatch.setattr("sys.argv", ["pins"])
    pins.main()
    assert [arguments.count("--no-emit-package") for arguments in fake_uv] == [0, 2]
    assert "--extra" in fake_uv[1]
