"""Keep a test's answers out of anyone's work/."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    monkeypatch.setenv("COURSE_WORK", str(folder))
    return folder
