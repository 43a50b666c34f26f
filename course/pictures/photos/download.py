"""Fetch one archive: checked, resumed, and with one message for each thing that can go wrong.

pooch decides whether the file is needed, checks its hash and puts it in place; the downloader
that it is handed goes on where an earlier one stopped.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from course.pictures.photos.sources import Source

CONNECT_TIMEOUT_S = 10.0
SILENCE_TIMEOUT_S = 30.0  # without a byte: a server that hangs
TRIES = 3  # in a row without a new byte
WAIT_S = 1.0
CHUNK_BYTES = 1 << 18
SPARE_BYTES = 50_000_000  # a disk is not filled to the brim

Report = Callable[[int, int], None]  # bytes that are here, bytes in all


class DownloadError(RuntimeError):
    """A download that cannot be used: expected, got, what became of the file, what to do."""


def megabytes(count: int) -> str:
    """Return a size as people say it.

    >>> megabytes(228_813_984), megabytes(40_000)
    ('229 MB', '0.04 MB')
    """
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count / 1e6:.2g} MB"


def fetch(source: Source, folder: Path, *, mirror: str = "", report: Report | None = None) -> Path:
    """Return the path of a source's archive, whole and checked; download what is missing.

    Parameters
    ----------
    source : which archive
    folder : where it is kept; an unfinished download waits there for the next try
    mirror : address of a folder that holds the archive too; empty for its home
    report : called as bytes arrive

    Raises
    ------
    DownloadError
        If it cannot be had, or is not the archive that is expected.
    """
    import pooch
    import requests

    folder.mkdir(parents=True, exist_ok=True)
    path, url = folder / source.file_name, source.at(mirror)
    _room_for(source, folder)
    download = _Downloader(source, path.with_name(path.name + ".part"), report or (lambda *_: None))
    try:
        with _silent_pooch():
            found = pooch.retrieve(
                url, f"sha256:{source.sha256}", path.name, folder, downloader=download
            )
    except ValueError as error:
        if download.sha256 is None:
            raise
        raise DownloadError(_wrong_hash(source, url, download.sha256)) from error
    except requests.RequestException as error:
        raise DownloadError(_no_answer(source, url, error, download.kept())) from error
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise DownloadError(_disk_full(source, folder, download.kept())) from error
    return Path(found)


def check_archive(source: Source, path: Path) -> None:
    """Hold an archive that a person has brought against what is expected; never touch it.

    Raises
    ------
    DownloadError
        If it is missing, or another file.
    """
    import pooch

    if not path.is_file():
        raise DownloadError(f"Expected an archive at {path}; got no file there. Check the path.")
    size = path.stat().st_size
    if size != source.archive_bytes:
        short = " It looks cut off: fetch it again." if size < source.archive_bytes else ""
        raise DownloadError(
            f"Expected {source.archive_bytes:,} bytes in {path}; got {size:,}. Your file was left "
            f"as it is.{short} The right one is {source.url}."
        )
    found = pooch.file_hash(str(path), alg="sha256")
    if found != source.sha256:
        raise DownloadError(
            f"Expected SHA-256 {source.sha256} of {path}; got {found}. Your file was left as it "
            f"is. It is another archive or damaged: fetch {source.url} again."
        )


# -- the downloader ----------------------------------------------------------------------------


class _Downloader:
    """What pooch calls: bring ``url`` to ``output_file``, going on from ``part``."""

    def __init__(self, source: Source, part: Path, report: Report) -> None:
        self.source, self.part, self.report = source, part, report
        self.tag = part.with_name(part.name + ".tag")  # which version the part is of
        self.sha256: str | None = None

    def __call__(self, url: str, output_file: Any, _: Any = None, check_only: bool = False) -> None:
        import pooch
        import requests

        failures = 0
        while self._here() < self.source.archive_bytes:
            before = self._here()
            try:
                self._go_on(url)
            except _passing_faults() as error:
                failures = 1 if self._here() > before else failures + 1
                if failures >= TRIES:
                    raise requests.ConnectionError(error) from error
                time.sleep(WAIT_S)
        os.replace(self.part, output_file)
        self.tag.unlink(missing_ok=True)
        self.sha256 = pooch.file_hash(str(output_file), alg="sha256")

    def kept(self) -> int:
        """Return how many bytes wait for the next try."""
        return self._here()

    def _here(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _go_on(self, url: str) -> None:
        """Ask for what is missing and append it."""
        import requests

        wait_s = (CONNECT_TIMEOUT_S, SILENCE_TIMEOUT_S)
        with requests.get(url, headers=self._headers(), stream=True, timeout=wait_s) as answer:
            start = self._start(answer)
            self._check_size(answer, start, url)
            self.tag.write_text(answer.headers.get("ETag", ""), encoding="utf-8")
            with self.part.open("ab" if start else "wb") as file:
                for chunk in answer.raw.stream(CHUNK_BYTES, decode_content=False):
                    file.write(chunk)
                    self.report(file.tell(), self.source.archive_bytes)
                    if file.tell() > self.source.archive_bytes:
                        self._refuse(url, "more than that")
        if self._here() < self.source.archive_bytes:
            raise requests.ConnectionError("the connection ended early")

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity"}
        here = self._here()
        if here:
            headers["Range"] = f"bytes={here}-"
            tag = self.tag.read_text(encoding="utf-8") if self.tag.exists() else ""
            if tag and not tag.startswith("W/"):
                headers["If-Range"] = tag
        return headers

    def _start(self, answer: Any) -> int:
        """Return where the answer begins: where we stopped, or at the very beginning."""
        here = self._here()
        if answer.status_code == 206:
            if answer.headers.get("Content-Range", "").startswith(f"bytes {here}-"):
                return here
            self._forget()
            raise _Again(f"asked for bytes from {here} on, got others")
        if answer.status_code == 416 and here:
            self._forget()
            raise _Again("nothing beyond what is here")
        answer.raise_for_status()
        return 0

    def _check_size(self, answer: Any, start: int, url: str) -> None:
        offered = answer.headers.get("Content-Length", "")
        if offered.isdigit() and start + int(offered) != self.source.archive_bytes:
            self._refuse(url, f"{start + int(offered):,}")

    def _refuse(self, url: str, got: str) -> None:
        self._forget()
        raise DownloadError(
            f"Expected {self.source.archive_bytes:,} bytes at {url}; got {got}. Nothing of it was "
            "kept. That is another file: a login page of this network, or another version. "
            + _ways_out(self.source)
        )

    def _forget(self) -> None:
        self.part.unlink(missing_ok=True)
        self.tag.unlink(missing_ok=True)


def _passing_faults() -> tuple[type[Exception], ...]:
    """Return what may go better at the next try."""
    import requests
    import urllib3

    return (
        requests.ConnectionError,
        requests.Timeout,
        urllib3.exceptions.HTTPError,
        _Again,
    )


class _Again(RuntimeError):
    """The part did not fit what the server has; it is gone, and the download starts over."""


@contextlib.contextmanager
def _silent_pooch() -> Iterator[None]:
    """Keep pooch's own lines away: ours say the same."""
    import pooch

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


# -- what is said ------------------------------------------------------------------------------


def _ways_out(source: Source) -> str:
    return (
        "Set COURSE_MIRROR to an address that has the file, or fetch it elsewhere and run "
        f"`course pictures get {source.name} --archive FILE`."
    )


def _room_for(source: Source, folder: Path) -> None:
    needed, free = source.archive_bytes + SPARE_BYTES, shutil.disk_usage(folder).free
    here = folder / source.file_name
    if not here.exists() and free < needed:
        raise DownloadError(
            f"Expected {megabytes(needed)} of free space in {folder}; got {megabytes(free)}. "
            "Nothing was downloaded. Free some space, or set COURSE_CACHE to a folder on another "
            "disk."
        )


def _wrong_hash(source: Source, url: str, found: str) -> str:
    return (
        f"Expected SHA-256 {source.sha256} of {url}; got {found}. The download was deleted. The "
        "file was changed on its way, or this address has another version. Try again; if it "
        f"stays so: {_ways_out(source)}"
    )


def _no_answer(source: Source, url: str, error: Exception, kept: int) -> str:
    answer = getattr(error, "response", None)
    if answer is not None:
        got = f"HTTP {answer.status_code} {answer.reason}"
    elif "timed out" in str(error).lower() or "timeout" in type(error).__name__.lower():
        got = f"no byte within {SILENCE_TIMEOUT_S:g} s"
    else:
        got = f"no connection that lasts ({_core(error)})"
    became = (
        f"What had come ({megabytes(kept)}) is kept: the same command goes on from there."
        if kept
        else "Nothing was written."
    )
    return f"Expected {megabytes(source.archive_bytes)} from {url}; got {got}. {became} " + (
        _ways_out(source)
    )


def _core(error: BaseException) -> str:
    """Return the innermost reason of a wrapped network error, on one line."""
    inner = getattr(error, "args", None)
    while inner and isinstance(inner[0], BaseException):
        error = getattr(inner[0], "reason", None) or inner[0]
        inner = getattr(error, "args", None)
    return str(error).rpartition(": ")[2].splitlines()[0][:120] or type(error).__name__


def _disk_full(source: Source, folder: Path, kept: int) -> str:
    return (
        f"Expected room for {megabytes(source.archive_bytes)} in {folder}; got a full disk after "
        f"{megabytes(kept)}. Those are kept: free some space and the same command goes on from "
        "there; or set COURSE_CACHE to a folder on another disk."
    )
