"""What can stop set-up, each with one message: what happened, what to do, how to go on."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path

LOCK = "requirements.lock"  # what the course stands on, with hashes: course/pins.py


def command() -> str:
    """Return how a person starts the course on this system."""
    return "py start.py" if os.name == "nt" else "python3 start.py"


class SetupProblem(Exception):
    """Set-up cannot go on; the text says why and what to do next.

    Parameters
    ----------
    what : str
        What happened, in one sentence.
    next_step : str
        What the person does about it.
    log : Path, optional
        Where the whole output of the installer is.
    cause : str
        The kind of it, one of those in `KNOWN`; empty for what is not known.
    """

    def __init__(
        self, what: str, next_step: str, *, log: Path | None = None, cause: str = ""
    ) -> None:
        super().__init__(what)
        self.what, self.next_step, self.log, self.cause = what, next_step, log, cause

    def __str__(self) -> str:
        lines = [f"Set-up stopped: {self.what}", f"Next step: {self.next_step}"]
        if self.log is not None:
            lines.append(f"The whole log: {self.log}")
        return "\n".join([*lines, f"Then: {command()}   (it picks up where it stopped)"])


Tell = Callable[[re.Match[str]], tuple[str, str]]


def _no_network(_: re.Match[str]) -> tuple[str, str]:
    return (
        "the package index cannot be reached (no network, or a firewall in between).",
        "connect to the internet; behind a company proxy, set HTTPS_PROXY first. "
        "Only the first set-up needs the network.",
    )


def _full_disk(_: re.Match[str]) -> tuple[str, str]:
    return (
        "the disk is full.",
        "free some space (what set-up needs was said at its start); "
        "`python3 -m pip cache purge` frees pip's old downloads.",
    )


def _no_permission(found: re.Match[str]) -> tuple[str, str]:
    return (
        f"a file may not be written ({found.group(0).strip()}).",
        "make the folder your own, or copy the course to one that is, such as your home folder.",
    )


def _no_trust(_: re.Match[str]) -> tuple[str, str]:
    return (
        "the package index was reached, but its certificate is not trusted here.",
        "check the clock of this machine; behind a company proxy, set PIP_CERT to the "
        "company's certificate file.",
    )


def _other_python(found: re.Match[str]) -> tuple[str, str]:
    return (
        f"{found.group('name')} asks for Python {found.group('asks')}, and this is "
        f"{platform.python_version()}.",
        "delete .venv and start with a newer Python, up to 3.13 "
        "(https://www.python.org/downloads).",
    )


def _no_build(found: re.Match[str]) -> tuple[str, str]:
    machine = f"{platform.system()} {platform.machine()}"
    python = ".".join(map(str, sys.version_info[:2]))
    return (
        f"there is no {found.group('name')} for {machine} with Python {python}.",
        "the course runs on Linux (x86_64, arm64), macOS 14 and later (Apple silicon) and "
        "Windows (64 bit). If yours is one of them, try Python 3.12.",
    )


def _not_offered(found: re.Match[str]) -> tuple[str, str]:
    return (
        f"the package index in use does not offer {found.group('pin')}, or cannot be reached.",
        "check the network, and PIP_INDEX_URL if you have set it; "
        f"the index is asked for exactly the versions of {LOCK}.",
    )


def _damaged(_: re.Match[str]) -> tuple[str, str]:
    return (
        f"a downloaded package is not the one that {LOCK} names.",
        "throw the old downloads away (python3 -m pip cache purge); behind a mirror, tell its "
        "keeper.",
    )


# The first that fits is told: a network that fails also makes pip say "no matching distribution".
KNOWN: tuple[tuple[str, str, Tell], ...] = (
    ("disk", r"No space left on device|\[Errno 28\]|not enough space on the disk", _full_disk),
    ("trust", r"CERTIFICATE_VERIFY_FAILED|invalid peer certificate", _no_trust),
    (
        "network",
        r"Failed to establish a new connection|NewConnectionError|Temporary failure in name"
        r"|Name or service not known|getaddrinfo failed|nodename nor servname|ProxyError"
        r"|ConnectTimeoutError|Read ?[Tt]imed? ?out|ReadTimeoutError|Connection (?:refused|reset)"
        r"|Network is unreachable|Connection broken|IncompleteRead|Connection aborted"
        r"|error sending request|Failed to fetch|connection closed|error decoding response body",
        _no_network,
    ),
    ("damaged", r"DO NOT MATCH THE HASHES|Hash mismatch|BadZipFile|is not a zip file", _damaged),
    (
        "permission",
        r"[^\n]*(?:Permission denied|\[Errno 13\]|Access is denied|not permitted)[^\n]*",
        _no_permission,
    ),
    # uv, then pip, which names what it passed over
    (
        "python",
        r"Python version \([^)]*\) does not satisfy\s+Python(?P<asks>\S+)\s+and\s+(?P<name>\S+)"
        r"\s+depends",
        _other_python,
    ),
    (
        "python",
        r"(?s)\b(?P<version>\d[\w.]*) Requires-Python (?P<asks>[^;\n]+)"
        r".*No matching distribution found for (?P<name>[\w.-]+)==(?P=version)",
        _other_python,
    ),
    ("missing", r"no version of (?P<pin>\S+==\S+)", _not_offered),
    ("missing", r"Because\s+(?P<name>[\w.-]+)(?:==\S+)? has no (?:usable )?wheels", _no_build),
    ("missing", r"No matching distribution found for (?P<pin>[\w.-]+==\S+)", _not_offered),
    ("missing", r"No matching distribution found for (?P<name>[\w.-]+)", _no_build),
)


def explain(output: str, returncode: int, log: Path | None = None) -> SetupProblem:
    """Return the problem that the output of a failed uv or pip tells of."""
    for cause, pattern, tell in KNOWN:
        found = re.search(pattern, output)
        if found:
            return SetupProblem(*tell(found), log=log, cause=cause)
    if returncode < 0:
        return SetupProblem(
            f"the installer was ended from outside (signal {-returncode}).",
            "close other programs if memory is short.",
            log=log,
        )
    errors = re.findall(r"(?i)^\s*error:? (.+)$", output, flags=re.MULTILINE)
    last = errors[-1].strip() if errors else f"the installer ended with code {returncode}"
    return SetupProblem(f"{last}.", "read the end of the log below.", log=log)
