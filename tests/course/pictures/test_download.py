"""Getting photographs: from a server that misbehaves, out of archives that lie, onto full disks."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from typer.testing import CliRunner

from course import settings
from course.pictures import cli, flowers
from course.pictures.cli import app
from course.pictures.photos import archive, download, download_set
from course.pictures.photos.archive import unpack
from course.pictures.photos.download import DownloadError, check_archive, fetch
from course.pictures.photos.download_set import MARK, get
from course.pictures.photos.sources import SOURCES
from tests.course.pictures.bad_server import serve
from tests.helpers import run_python

FLOWERS = ("daisy", "dandelion", "roses", "sunflowers", "tulips")


def _photo(number: int) -> bytes:
    """Return a small JPEG that looks like no other."""
    noise = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    held = io.BytesIO()
    Image.fromarray(noise).resize((80, 60), Image.Resampling.BICUBIC).save(held, "JPEG")
    return held.getvalue()


def _tar(members: dict[str, bytes], *odd: tuple[tarfile.TarInfo, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for entry, content in odd:
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return held.getvalue()


def _members(per_class: int = 8) -> dict[str, bytes]:
    members = {"flower_photos/LICENSE.txt": b"CC BY 2.0, by many"}
    for k, (label, i) in enumerate((c, i) for c in FLOWERS for i in range(per_class)):
        members[f"flower_photos/{label}/{i:03}.jpg"] = _photo(k)
    return members


CONTENT = _tar(_members())


def _source(content: bytes = CONTENT, **changes):
    return replace(
        SOURCES["flowers"],
        sha256=hashlib.sha256(content).hexdigest(),
        archive_bytes=len(content),
        photographs=40,
        **changes,
    )


@pytest.fixture(autouse=True)
def _quick(monkeypatch, tmp_path):
    monkeypatch.setattr(download, "WAIT_S", 0.0)
    monkeypatch.setattr(download, "CHUNK_BYTES", 1000)
    monkeypatch.setenv("COURSE_PHOTOS", str(tmp_path / "photos"))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with serve(CONTENT) as told:
        yield told


def _fetch(server, tmp_path, source=None, **options) -> Path:
    return fetch(source or _source(), tmp_path, mirror=server.address, **options)


def _kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# -- a server that behaves ---------------------------------------------------------------------


def test_a_file_comes_whole_and_is_not_asked_for_again(server, tmp_path):
    seen = []
    path = _fetch(server, tmp_path, report=lambda here, total: seen.append((here, total)))
    assert path.read_bytes() == CONTENT
    assert (path.name, _kept(tmp_path)) == ("flowers-flower_photos.tgz", [path.name])
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)
    assert (server.paths, server.ranges) == (["/flower_photos.tgz"], [""])
    _fetch(server, tmp_path)
    assert len(server.paths) == 1


def test_a_dropped_connection_is_taken_up_again(server, tmp_path):
    server.fault, server.cut_at = "cut", 5000
    assert _fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == ["", "bytes=5000-"]


def test_a_later_run_goes_on_where_the_first_stopped(server, tmp_path):
    server.fault, server.cut_at = "cut-always", 3000
    source = _source()
    (tmp_path / f"{source.file_name}.part").write_bytes(CONTENT[:4000])
    server.fault = ""
    assert _fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == ["bytes=4000-"]


def test_a_server_without_ranges_starts_over(server, tmp_path):
    (tmp_path / f"{_source().file_name}.part").write_bytes(CONTENT[:4000])
    server.fault = "no-ranges"
    assert _fetch(server, tmp_path).read_bytes() == CONTENT


def test_a_file_that_changed_on_the_server_starts_over(server, tmp_path):
    part = tmp_path / f"{_source().file_name}.part"
    part.write_bytes(b"of an older version")
    part.with_name(part.name + ".tag").write_text('"zero"')
    assert _fetch(server, tmp_path).read_bytes() == CONTENT


def test_a_server_that_sends_other_bytes_than_asked_starts_over(server, tmp_path):
    (tmp_path / f"{_source().file_name}.part").write_bytes(CONTENT[:4000])
    server.fault = "wrong-range"
    assert _fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == ["bytes=4000-", ""]


def test_a_damaged_file_in_the_cache_is_fetched_anew(server, tmp_path):
    (tmp_path / _source().file_name).write_bytes(b"damaged")
    assert _fetch(server, tmp_path).read_bytes() == CONTENT


# -- a server that does not --------------------------------------------------------------------


def test_a_wrong_hash(server, tmp_path):
    source = replace(_source(), sha256="0" * 64)
    with pytest.raises(
        DownloadError, match=r"Expected SHA-256 0{64} of http.*; got \w{64}\. The d"
    ):
        _fetch(server, tmp_path, source)
    assert _kept(tmp_path) == []


def test_what_is_not_there(server, tmp_path):
    server.fault = "404"
    with pytest.raises(
        DownloadError, match=r"; got HTTP 404 Not Found\. Nothing was written\. Set C"
    ):
        _fetch(server, tmp_path)
    assert (_kept(tmp_path), len(server.paths)) == ([], 1)


def test_a_server_that_is_overrun(server, tmp_path):
    server.fault = "503"
    with pytest.raises(DownloadError, match=r"got HTTP 503 Service Unavailable.*--archive FILE"):
        _fetch(server, tmp_path)


def test_a_server_that_hangs(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "SILENCE_TIMEOUT_S", 0.3)
    server.fault = "hang"
    with pytest.raises(DownloadError, match=r"got no byte within 0.3 s\. Nothing was written"):
        _fetch(server, tmp_path)


def test_a_connection_that_always_breaks_keeps_what_came(server, tmp_path):
    server.fault, server.cut_at = "cut-always", 0
    part = tmp_path / f"{_source().file_name}.part"
    part.write_bytes(CONTENT[:4000])
    with pytest.raises(
        DownloadError, match=r"no connection that lasts.*\(0.004 MB\) is kept: the s"
    ):
        _fetch(server, tmp_path)
    assert part.read_bytes() == CONTENT[:4000]
    assert len(server.paths) == download.TRIES


def test_slow_progress_is_progress(server, tmp_path):
    server.fault, server.cut_at = "cut-always", 2000
    assert _fetch(server, tmp_path).read_bytes() == CONTENT
    assert len(server.paths) > download.TRIES


def test_nobody_there(tmp_path):
    with serve(b"") as gone:
        pass
    with pytest.raises(DownloadError, match=r"got no connection that lasts \(.*refused\)"):
        _fetch(gone, tmp_path)


def test_a_login_page_is_refused_by_its_size(server, tmp_path):
    server.fault = "login"
    with pytest.raises(DownloadError, match=r"Expected [\d,]+ bytes at .*; got 42\. Nothing of it"):
        _fetch(server, tmp_path)
    assert _kept(tmp_path) == []


def test_a_truncated_archive_that_passes_for_whole_is_refused(server, tmp_path):
    server.fault = "short"
    size, sent = f"{len(CONTENT):,}", f"{len(CONTENT) - 10:,}"
    with pytest.raises(
        DownloadError,
        match=rf"Expected {size} bytes at http.*; got {sent}\. Nothing of it was kept",
    ):
        _fetch(server, tmp_path)
    assert _kept(tmp_path) == []


def test_a_file_without_end_is_refused(server, tmp_path):
    server.fault = "endless"
    with pytest.raises(DownloadError, match=r"got more than that\. Nothing of it was kept"):
        _fetch(server, tmp_path)
    assert _kept(tmp_path) == []


def test_no_room_is_said_before_anything_is_asked(server, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(DownloadError, match=r"of free space in .*; got 1 MB\. Nothing was downloa"):
        _fetch(server, tmp_path)
    assert server.paths == []


def test_a_disk_that_fills_up_keeps_what_came(server, tmp_path):
    def full(here, total):
        if here > 5000:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DownloadError, match=r"got a full disk after 0.006 MB\. Those are kept"):
        _fetch(server, tmp_path, report=full)
    assert _fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == ["", "bytes=6000-"]


@pytest.fixture
def small_disk(tmp_path, monkeypatch) -> Iterator[Path]:
    """A disk of 24 kB: full when it is full. What looks for room beforehand is told otherwise."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("a disk of its own needs Linux and root")
    place = tmp_path / "disk"
    place.mkdir()
    done = _mount("-t", "tmpfs", "-o", "size=24k", "tmpfs", str(place))
    if done.returncode:
        pytest.skip(f"no disk of its own: {done.stderr.strip()}")
    # as if another program filled it after we looked
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**9))
    yield place
    subprocess.run(["umount", str(place)], check=True)


def _mount(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mount", *arguments], capture_output=True, text=True)


def test_a_really_full_disk_keeps_what_came_and_goes_on_with_more_room(server, small_disk):
    with pytest.raises(
        DownloadError, match=r"got a full disk after 0.02 MB\. Those are kept: free"
    ):
        _fetch(server, small_disk)
    (part,) = small_disk.glob("*.part")
    kept = part.read_bytes()
    assert CONTENT.startswith(kept)
    assert 0 < len(kept) < len(CONTENT)
    assert _mount("-o", "remount,size=1m", str(small_disk)).returncode == 0
    assert _fetch(server, small_disk).read_bytes() == CONTENT
    assert server.ranges == ["", f"bytes={len(kept)}-"]
    assert [path.name for path in small_disk.iterdir()] == ["flowers-flower_photos.tgz"]


# -- a mirror, and an archive of one's own -----------------------------------------------------


def test_a_mirror_is_an_address(monkeypatch):
    assert settings.mirror() == ""
    monkeypatch.setenv("COURSE_MIRROR", "https://example.org/photos/")
    assert SOURCES["pets"].at(settings.mirror()) == "https://example.org/photos/images.tar.gz"
    monkeypatch.setenv("COURSE_MIRROR", "/media/stick")
    with pytest.raises(ValueError, match=r"COURSE_MIRROR is '/media/stick'; .* --archive FILE"):
        settings.mirror()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, r"got no file there\. Check the path"),
        (CONTENT[:-10], r"got [\d,]+\. Your file was left as it is\. It looks cut off: fetch it"),
        (CONTENT + b"x", r"got [\d,]+\. Your file was left as it is\. The right one is https"),
        (CONTENT[:-1] + b"x", r"Expected SHA-256 \w+ of .*left as it is\. It is another archive"),
    ],
)
def test_an_archive_of_ones_own_is_checked_and_left_alone(tmp_path, content, said):
    path = tmp_path / "mine.tgz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DownloadError, match=said):
        check_archive(_source(), path)
    assert path.exists() == (content is not None)


# -- archives that lie -------------------------------------------------------------------------


def _entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry


ODD = {
    "traversal": (_entry("flower_photos/../../daisy/x.jpg"), r"a path that leads out of it: flow"),
    "absolute": (_entry("/etc/daisy/x.jpg"), r"a path that leads out of it: /etc"),
    "backslash": (_entry("flower_photos\\..\\x.jpg"), r"a path that leads out"),
    "drive": (_entry("C:/daisy/x.jpg"), r"a path with a drive"),
    "symbolic link": (
        _entry("flower_photos/daisy/x.jpg", tarfile.SYMTYPE, "/etc/passwd"),
        r"a link: flower_photos/daisy/x.jpg to /etc/passwd",
    ),
    "hard link": (_entry("flower_photos/daisy/x.jpg", tarfile.LNKTYPE, "a"), r"a link:"),
    "device": (_entry("flower_photos/daisy/x.jpg", tarfile.CHRTYPE), r"something that is no file"),
    "pipe": (_entry("flower_photos/daisy/x.jpg", tarfile.FIFOTYPE), r"something that is no file"),
}


def _unpack(tmp_path: Path, content: bytes):
    archive = tmp_path / "a.tgz"
    archive.write_bytes(content)
    return unpack(_source(content), archive, tmp_path / "out")


@pytest.mark.parametrize("odd", ODD)
def test_odd_members_are_refused(tmp_path, odd):
    entry, said = ODD[odd]
    with pytest.raises(DownloadError, match=rf"; got {said}.*left where it is\. Do not use it"):
        _unpack(tmp_path, _tar(_members(), (entry, b"")))
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} <= {
        ".tgz",
        ".jpg",
        ".txt",
    }
    assert not (tmp_path / "daisy").exists()


def test_a_bomb_is_refused_by_what_it_announces(tmp_path):
    bomb = _tar({"flower_photos/daisy/x.jpg": bytes(30_000_000)})
    assert len(bomb) < 100_000
    with pytest.raises(DownloadError, match=r"more than 10 MB or 100,000 files when unpacked"):
        _unpack(tmp_path, bomb)
    assert not list((tmp_path).rglob("*.jpg"))


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_FILES", 10)
    with pytest.raises(DownloadError, match=r"or 10 files when unpacked"):
        _unpack(tmp_path, CONTENT)


@pytest.mark.parametrize("cut", [20, 2000, 20_000])
def test_a_cut_archive_is_refused(tmp_path, cut):
    with pytest.raises(DownloadError, match=r"one that cannot be read to its end|photographs in"):
        _unpack(tmp_path, CONTENT[:cut])


def test_what_is_no_archive_is_refused(tmp_path):
    with pytest.raises(DownloadError, match=r"one that cannot be read to its end"):
        _unpack(tmp_path, gzip.compress(b"no tar at all"))


def test_too_few_photographs_are_no_set(tmp_path):
    with pytest.raises(DownloadError, match=r"Expected 40 photographs in .*; got 5\. Nothing of"):
        _unpack(tmp_path, _tar(_members(1)))


def test_the_same_name_twice_is_refused(tmp_path):
    twice = _entry("flower_photos/daisy/000.jpg")
    with pytest.raises(DownloadError, match=r"the same photograph twice"):
        _unpack(tmp_path, _tar(_members(), (twice, b"another")))


def test_only_photographs_of_the_set_are_taken(tmp_path):
    more = {"flower_photos/notes.txt": b"x", "flower_photos/daisy/._000.jpg": b"x", "x.jpg": b"x"}
    assert _unpack(tmp_path, _tar(_members() | more)) == dict.fromkeys(FLOWERS, 8)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["LICENSE.txt", *FLOWERS]


# -- from the address to the folder ------------------------------------------------------------


@pytest.fixture
def known(server, monkeypatch):
    """The real command, with a small archive in place of the large one."""
    monkeypatch.setenv("COURSE_MIRROR", server.address)
    monkeypatch.setattr(download_set, "SOURCES", {"flowers": _source()})
    return server


def test_a_set_comes_whole_and_the_lessons_read_it(known, tmp_path, monkeypatch, capsys):
    said = []
    got = get("flowers", say=said.append)
    assert (got.new, got.unreadable, got.twins) == (True, (), 0)
    assert got.counts["train"] == dict.fromkeys(FLOWERS, 6)
    assert got.counts["val"] == got.counts["test"] == dict.fromkeys(FLOWERS, 1)
    assert "Licence: CC BY 2.0" in said[0]
    assert "Cite: " in said[0]
    assert said[1].startswith("0.0")  # the size, before it begins
    assert (got.folder / "LICENSE.txt").read_bytes() == b"CC BY 2.0, by many"
    assert "CC BY 2.0" in (got.folder / "SOURCE.txt").read_text(encoding="utf-8")
    assert _kept(tmp_path / "cache") == []
    monkeypatch.setenv("COURSE_PICTURES", "photos")
    capsys.readouterr()
    made = flowers(6, size_px=33)
    assert made.counts() == dict.fromkeys(("daisy", "dandelion", "rose", "sunflower", "tulip"), 6)
    assert capsys.readouterr().out == ""


def test_a_set_that_is_there_is_not_fetched_again(known):
    first, again = get("flowers", say=print), get("flowers", say=print)
    assert (first.new, again.new, len(known.paths)) == (True, False, 1)
    assert again.counts == first.counts


def test_a_set_with_photographs_missing_does_not_pass_for_whole(known):
    got = get("flowers")
    next((got.folder / "train" / "daisy").iterdir()).unlink()
    with pytest.raises(DownloadError, match=r"Expected the 40 photographs.*got 39 or others"):
        get("flowers")


def test_a_folder_of_ones_own_is_left_alone(known, tmp_path):
    mine = tmp_path / "photos" / "flowers" / "daisy"
    mine.mkdir(parents=True)
    with pytest.raises(DownloadError, match=r"got one that this command did not make.*as it is"):
        get("flowers")
    assert mine.is_dir()


@pytest.mark.parametrize("fault", ["404", "503", "hang", "login", "short", "cut-always", "endless"])
def test_what_fails_leaves_no_set(known, tmp_path, monkeypatch, fault):
    if fault == "hang":
        monkeypatch.setattr(download, "SILENCE_TIMEOUT_S", 0.3)
    known.fault = fault
    with pytest.raises(DownloadError):
        get("flowers")
    assert [p.name for p in (tmp_path / "photos").iterdir() if p.name != ".flowers.lock"] == []


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ("traversal", r"a path that leads out of it: flower_photos/\.\./"),
        ("absolute", r"a path that leads out of it: /etc"),
        ("symbolic link", r"a link: flower_photos/daisy/x\.jpg to /etc/passwd"),
        ("hard link", r"a link: flower_photos/daisy/x\.jpg"),
        ("cut off", r"one that cannot be read to its end|\d+\. Nothing of"),
    ],
)
def test_an_archive_that_lies_leaves_no_set(known, tmp_path, monkeypatch, lie, said):
    # the hash is right: somebody published it so
    known.content = CONTENT[:20_000] if lie == "cut off" else _tar(_members(), (ODD[lie][0], b""))
    monkeypatch.setattr(download_set, "SOURCES", {"flowers": _source(known.content)})
    with pytest.raises(DownloadError, match=rf"Expected .*; got {said}"):
        get("flowers")
    assert [p.name for p in (tmp_path / "photos").iterdir() if p.name != ".flowers.lock"] == []
    assert not (tmp_path / "daisy").exists()


def test_a_disk_that_fills_while_unpacking_leaves_no_set(known, tmp_path, monkeypatch):
    def full(source, archive, folder):
        (folder / "daisy").mkdir(parents=True)
        (folder / "daisy" / "1.jpg").write_bytes(b"x")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download_set, "unpack", full)
    with pytest.raises(DownloadError, match=r"got a full disk\. What was unpacked is deleted; the"):
        get("flowers")
    assert [p.name for p in (tmp_path / "photos").iterdir() if p.name != ".flowers.lock"] == []
    assert _kept(tmp_path / "cache") == ["flowers-flower_photos.tgz"]


def test_a_really_full_disk_while_unpacking_leaves_no_set(known, small_disk, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PHOTOS", str(small_disk / "photos"))
    with pytest.raises(DownloadError, match=r"got a full disk\. What was unpacked is deleted; the"):
        get("flowers")
    assert [p.name for p in (small_disk / "photos").iterdir()] == [".flowers.lock"]
    assert _mount("-o", "remount,size=1m", str(small_disk)).returncode == 0
    assert get("flowers").new
    assert len(known.paths) == 1  # the archive was kept


def test_a_wrong_hash_leaves_no_set(known, tmp_path, monkeypatch):
    wrong = replace(_source(), sha256="0" * 64)
    monkeypatch.setattr(download_set, "SOURCES", {"flowers": wrong})
    with pytest.raises(DownloadError, match="The download was deleted"):
        get("flowers")
    assert [p.name for p in (tmp_path / "photos").iterdir() if p.name != ".flowers.lock"] == []


def test_what_an_interrupted_run_left_is_swept_away(known, tmp_path):
    left = tmp_path / "photos" / ".flowers-unfinished-abc"
    (left / "all" / "daisy").mkdir(parents=True)
    get("flowers")
    assert not left.exists()


def test_two_at_once_do_not_meet(known, tmp_path):
    import filelock

    (tmp_path / "photos").mkdir()
    with (
        filelock.FileLock(tmp_path / "photos" / ".flowers.lock"),
        pytest.raises(
            DownloadError, match=r"another `course pictures get flowers` that is running"
        ),
    ):
        get("flowers")


def test_an_archive_by_hand_needs_no_network_and_is_kept(known, tmp_path):
    mine = tmp_path / "stick.tgz"
    mine.write_bytes(CONTENT)
    assert get("flowers", archive=mine).new
    assert (mine.exists(), known.paths) == (True, [])


def test_unreadable_photographs_are_left_out_by_name(server, monkeypatch, tmp_path):
    content = _tar(_members() | {"flower_photos/daisy/bad.jpg": b"no image"})
    monkeypatch.setattr(download_set, "SOURCES", {"flowers": _source(content)})
    mine = tmp_path / "a.tgz"
    mine.write_bytes(content)
    got = get("flowers", archive=mine)
    assert got.unreadable == ("daisy/bad.jpg",)
    assert sum(sum(classes.values()) for classes in got.counts.values()) == 40


def test_twins_share_a_split(monkeypatch, tmp_path):
    members = _members()
    for i in range(8):
        members[f"flower_photos/roses/{i:03}-again.jpg"] = members[
            f"flower_photos/roses/{i:03}.jpg"
        ]
    content = _tar(members)
    monkeypatch.setattr(download_set, "SOURCES", {"flowers": _source(content)})
    mine = tmp_path / "a.tgz"
    mine.write_bytes(content)
    got = get("flowers", archive=mine)
    assert got.twins == 8
    for split in ("train", "val", "test"):
        names = {p.stem for p in (got.folder / split / "roses").iterdir()}
        assert names == {n.removesuffix("-again") for n in names} | {
            f"{n.removesuffix('-again')}-again" for n in names
        }


def test_the_mark_is_written_with_the_set(known):
    written = json.loads((get("flowers").folder / MARK).read_text(encoding="utf-8"))
    assert written["sha256"] == _source().sha256


# -- what is known of the real ones ------------------------------------------------------------


def test_the_real_sources_are_described_whole():
    for source in SOURCES.values():
        assert len(source.sha256) == 64
        assert source.url.startswith("https://")
        assert source.license.startswith("CC BY")
    assert SOURCES["flowers"].class_of("flower_photos/roses/1_n.jpg") == "roses"
    assert SOURCES["flowers"].class_of("flower_photos/lilies/1.jpg") is None
    pet = SOURCES["pets"].class_of
    assert [pet(f"images/{n}") for n in ("Maine_Coon_3.jpg", "pug_12.jpg", "Abyssinian_1.mat")] == [
        "cat",
        "dog",
        None,
    ]


# -- the command -------------------------------------------------------------------------------


def test_the_command_says_size_license_and_balance_first(known):
    done = CliRunner().invoke(app, ["get", "flowers"])
    words = " ".join(done.output.replace("│", " ").split())
    assert done.exit_code == 0, done.output
    order = ["Licence: CC BY 2.0", f" from {known.address}", "Unpacking", "daisy 6 1 1 20 %"]
    assert [words.index(part) for part in order] == sorted(words.index(part) for part in order)
    assert "100 %" in words  # no terminal: tenths, not a bar
    assert "COURSE_PICTURES=photos" in words
    assert "Already in" in CliRunner().invoke(app, ["get", "flowers"]).output


def test_a_terminal_shows_a_bar(known, monkeypatch):
    shown = io.StringIO()
    terminal = Console(file=shown, force_terminal=True, width=100, highlight=False)
    monkeypatch.setattr(cli, "console", terminal)
    assert CliRunner().invoke(app, ["get", "flowers"]).exit_code == 0
    assert "━" in shown.getvalue()
    assert "35.3/35.3 kB" in shown.getvalue()
    assert "100 %" not in shown.getvalue()


def test_the_door_tells_a_failure_in_one_message(known):
    known.fault = "404"
    code = """
    import sys
    from course.cli import main
    sys.argv[1:] = ["pictures", "get", "pets"]
    main()
    """
    done = run_python(code, env={"COURSE_MIRROR": known.address}, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Expected 792 MB from {known.address}/images.tar.gz; got HTTP 4")
    assert done.stderr.count("\n") == 1
    assert "Licence: CC BY-SA 4.0" in done.stdout
