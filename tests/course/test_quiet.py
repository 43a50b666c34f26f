"""Log lines of C++ code are thrown away, exceptions are not."""

from __future__ import annotations

import os

import pytest

from course.quiet import quiet


def test_what_a_library_writes_to_the_descriptor_is_gone(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before\n")
    with quiet():
        os.write(2, b"log line\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "before\nafter\n"


def test_tensorflow_stays_quiet_afterwards_unless_a_person_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    with quiet():
        assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "2"
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    with quiet():
        assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"


def test_an_error_passes_and_standard_error_is_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportError, match="no such framework"), quiet():
        raise ImportError("no such framework")
    os.write(2, b"seen\n")
    assert capfd.readouterr().err == "seen\n"


def test_a_process_without_standard_error_is_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> int:
        raise OSError("bad descriptor")

    monkeypatch.setattr(os, "dup", refuse)
    with quiet():
        done = True
    assert done
