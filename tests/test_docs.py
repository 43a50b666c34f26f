"""What the pages tell a person to type exists, what they link to is there, and nothing is heavy."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer.main

from tests.helpers import ROOT

PAGES = sorted(
    {
        *ROOT.glob("*.md"),
        *ROOT.glob("*/*.md"),
        *ROOT.glob("*/*/*.md"),
        ROOT / ".pre-commit-config.yaml",
        ROOT / "environment.yml",
    }
    - set(ROOT.glob("work/**/*"))
    - set(ROOT.glob(".*/**/*.md"))
)
DOORS = {"course": "course.cli", "grade": "grader.cli", "quiz": "quizzes.cli"}
# Doors behind a door, opened late.
INNER = {
    ("course", "pictures"): "course.pictures.cli",
    ("course", "backbone"): "course.backbone.cli",
}
LARGEST_MB = 3.0


def tracked() -> list[Path]:
    """Return the files that git keeps; skips in a copy without git."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"not a git checkout ({error})")
    files = [ROOT / name for name in done.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


def typed(text: str) -> set[str]:
    """Return the commands that a page gives: in code blocks and in `back quotes`."""
    blocks = re.findall(r"^```(?:bash|sh|console|text)?\n(.*?)^```", text, flags=re.M | re.S)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", prose)
    names = "|".join(DOORS)
    found = (re.match(rf"\s*(?:\$ )?(?:\.venv/bin/)?((?:{names})(?: .*)?)$", one) for one in lines)
    return {re.split(r"\s{2,}|\s#|\s→|;|&&", one.group(1))[0].strip() for one in found if one}


def inside(words: list[str]) -> tuple[typer.main.TyperCommand | typer.main.TyperGroup, list[str]]:
    """Return the command that ``words`` reach, and the words after it."""
    key = tuple(words[:2])
    module, rest = (INNER[key], words[2:]) if key in INNER else (DOORS[words[0]], words[1:])
    command = typer.main.get_command(importlib.import_module(module).app)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        if rest[0] not in command.commands:
            break
        command, rest = command.commands[rest[0]], rest[1:]
    return command, rest


def unknown(line: str) -> list[str]:
    """Return the words of a command line that its door does not know."""
    words = shlex.split(line, comments=True)
    command, rest = inside(words)
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    wrong = [
        word.split("=")[0]
        for word in rest
        if word.startswith("-") and word.split("=")[0] not in {*options, "--help"}
    ]
    has_arguments = any(one.param_type_name == "argument" for one in command.params)
    if rest and not rest[0].startswith("-") and hasattr(command, "commands") and not has_arguments:
        wrong.append(rest[0])
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_on_a_page_exists(page):
    wrong = {line: unknown(line) for line in typed(page.read_text(encoding="utf-8"))}
    assert {line: words for line, words in wrong.items() if words} == {}


def test_commands_are_found_and_wrong_ones_noticed():
    text = (
        "`course reset 02 --framework keras` and\n```\ngrade --nope\ncourse fly  to the moon\n```\n"
    )
    assert typed(text) == {"course reset 02 --framework keras", "grade --nope", "course fly"}
    assert unknown("course reset 02 --framework keras") == []
    assert unknown("course reset --frame keras") == ["--frame"]
    assert unknown("course fly") == ["fly"]
    assert unknown("course backbone pretrain --resume") == []
    assert unknown("course backbone fly") == ["fly"]


def test_the_readme_gives_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("python3 start.py", "python3 start.py test", "python3 start.py --check"):
        assert command in readme


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    missing = [one for one in links if "://" not in one and not (ROOT / one).exists()]
    assert missing == []


def test_no_file_is_heavy():
    heavy = {file.name: file.stat().st_size / 1e6 for file in tracked()}
    assert {name: size for name, size in heavy.items() if size > LARGEST_MB} == {}


def test_no_notebook_holds_outputs():
    for file in tracked():
        if file.suffix != ".ipynb":
            continue
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        full = [one["id"] for one in cells if one.get("outputs") or one.get("execution_count")]
        assert full == [], file.name


def test_conda_users_get_the_same_list():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    under_pip = text.split("- pip:\n")[1].split()
    assert under_pip == ["-", "-r", "requirements.lock"]
