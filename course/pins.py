"""Write ``constraints.txt``: the versions that were tested, of all that the course stands on.

``python -m course.pins`` writes the file from what is installed, ``--check`` compares only.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course import settings

PROJECT = "finetuning-course"
HEADER = """\
# The versions that were tested, of all direct and indirect dependencies (Linux, Python 3.11).
# Generated: python -m course.pins
"""
TOOLS_HEADER = "# Tools of the course's authors only: pip install -c constraints.txt -e '.[dev]'"
# A package reached only from Linux is marked, so that set-up can count what another system needs.
SYSTEMS: Mapping[str, Mapping[str, str]] = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "darwin": {
        "sys_platform": "darwin",
        "platform_system": "Darwin",
        "os_name": "posix",
        "platform_machine": "arm64",
    },
    "win32": {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
    },
}


LookUp = Callable[[str], "Package | None"]


@dataclass(frozen=True)
class Package:
    """An installed package: its version and what it asks for."""

    version: str
    asks: tuple[Requirement, ...]

    def on(self, system: Mapping[str, str], extras: frozenset[str]) -> Iterator[Requirement]:
        """Yield what it asks for on a system, with some of its extras."""
        # "" stands for the package itself, without any extra.
        environments = [{**system, "extra": extra} for extra in ("", *extras)]
        for one in self.asks:
            if one.marker is None or any(one.marker.evaluate(e) for e in environments):
                yield one


def look_up(name: str) -> Package | None:
    """Return an installed package, None when it is not installed here."""
    try:
        lines = metadata.requires(name) or ()
        return Package(metadata.version(name), tuple(Requirement(line) for line in lines))
    except metadata.PackageNotFoundError:
        return None


def closure(extras: frozenset[str], system: Mapping[str, str], look_up: LookUp) -> dict[str, str]:
    """Return name and installed version of all that the course reaches on a system.

    Packages that are not installed here (another system's) are left out.
    """
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(PROJECT, extras)]
    while waiting:
        name, wanted = waiting.pop()
        package = look_up(name)
        if package is None or (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        found[name] = package.version
        for asked in package.on(system, wanted):
            waiting.append((canonicalize_name(asked.name), frozenset(asked.extras)))
    found.pop(PROJECT)
    return found


def pins(extras: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return one constraint line per package, by name."""
    once = functools.cache(look_up)
    per_system = {name: closure(extras, one, once) for name, one in SYSTEMS.items()}
    elsewhere = per_system["darwin"].keys() | per_system["win32"].keys()
    lines = {}
    for name, version in sorted(per_system["linux"].items()):
        marker = "" if name in elsewhere else ' ; sys_platform == "linux"'
        lines[name] = f"{name}=={version}{marker}"
    return lines


def text() -> str:
    """Return the content of ``constraints.txt``, going by what is installed."""
    needed, all_pins = pins(), pins(frozenset({"dev"}))
    tools = [line for name, line in all_pins.items() if name not in needed]
    return "\n".join([HEADER.rstrip(), *needed.values(), TOOLS_HEADER, *tools, ""])


def main() -> None:
    """Write the file, or say how it differs from what is installed."""
    file = settings.project_root() / "constraints.txt"
    if "--check" not in sys.argv:
        file.write_text(text(), encoding="utf-8")
    elif (differences := differing(text(), file)) != []:
        sys.exit("constraints.txt differs from what is installed:\n" + "\n".join(differences))


def differing(wanted: str, file: Path) -> list[str]:
    """Return the lines of ``wanted`` that ``file`` lacks, and the other way round."""
    old, new = set(file.read_text(encoding="utf-8").splitlines()), set(wanted.splitlines())
    return [f"- {line}" for line in sorted(old - new)] + [f"+ {line}" for line in sorted(new - old)]


if __name__ == "__main__":
    main()
