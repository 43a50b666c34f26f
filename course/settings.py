"""The few switches of the course, read from the environment when asked for."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "finetuning-course"


def _choice(variable: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(variable, "").strip().lower() or allowed[0]
    if value not in allowed:
        raise ValueError(
            f"{variable} is {value!r}; expected one of {', '.join(allowed)}. "
            f"Unset it to get {allowed[0]!r}."
        )
    return value


def _folder(variable: str, default: Path) -> Path:
    value = os.environ.get(variable, "").strip()
    return Path(value).expanduser().resolve() if value else default


def weights() -> str:
    """Return which weights a backbone starts from: ``bundled`` or ``imagenet``.

    Raises
    ------
    ValueError
        If ``COURSE_WEIGHTS`` holds anything else.
    """
    return _choice("COURSE_WEIGHTS", ("bundled", "imagenet"))


def pictures() -> str:
    """Return where pictures come from: ``drawn`` or ``photos``.

    Raises
    ------
    ValueError
        If ``COURSE_PICTURES`` holds anything else.
    """
    return _choice("COURSE_PICTURES", ("drawn", "photos"))


def fast() -> bool:
    """Return whether lessons run shortened (``COURSE_FAST=1``), as the tests run them."""
    return os.environ.get("COURSE_FAST", "").strip().lower() not in ("", "0", "false", "no")


def project_root() -> Path:
    """Return the folder that holds ``course/``, ``lessons/`` and ``start.py``."""
    return Path(__file__).resolve().parents[1]


def cache_dir() -> Path:
    """Return the folder for what can be made again (``COURSE_CACHE``)."""
    return _folder("COURSE_CACHE", Path(platformdirs.user_cache_dir(APP_NAME)))


def work_dir() -> Path:
    """Return the folder a learner works in (``COURSE_WORK``, else ``work/``)."""
    return _folder("COURSE_WORK", project_root() / "work")


def photos_folder() -> Path:
    """Return the folder that holds photographs (``COURSE_PHOTOS``, else ``work/photos``)."""
    return _folder("COURSE_PHOTOS", work_dir() / "photos")


def mirror() -> str:
    """Return the address that photographs are fetched from (``COURSE_MIRROR``), or nothing.

    Raises
    ------
    ValueError
        If it is no address of the web.
    """
    value = os.environ.get("COURSE_MIRROR", "").strip().rstrip("/")
    if value and not value.startswith(("http://", "https://")):
        raise ValueError(
            f"COURSE_MIRROR is {value!r}; expected an address that begins with http:// or "
            "https://. For a file on this machine: course pictures get flowers --archive FILE."
        )
    return value
