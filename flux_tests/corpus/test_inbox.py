"""Which files in the inbox may be taken."""

import os
import time
from pathlib import Path

import pytest

from flux_assets.corpus import inbox
from flux_assets.corpus.inbox import files_below, settled_files
from flux_resources.data_root import DataRoot


def _names(files: list[Path], folder: Path) -> list[str]:
    return [str(file.relative_to(folder)) for file in files]


def test_settled_files_are_found_in_all_folders_by_path(archive: DataRoot) -> None:
    folder = archive.paths.inbox
    for name in ("b.jpg", "a/c.jpg", "a/b/d.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()

    assert _names(settled_files(archive.paths, 0), folder) == ["a/b/d.txt", "a/c.jpg", "b.jpg"]


def test_a_growing_file_is_left_whatever_its_modification_time_says(archive: DataRoot) -> None:
    file = archive.paths.inbox / "growing.jpg"
    file.write_bytes(b"half")
    os.utime(file, (1_600_000_000, 1_600_000_000))

    assert settled_files(archive.paths, 30) == []


def test_a_file_is_taken_once_it_has_settled(archive: DataRoot) -> None:
    file = archive.paths.inbox / "done.jpg"
    file.write_bytes(b"all of it")
    assert settled_files(archive.paths, 0.2) == []

    time.sleep(0.25)

    assert settled_files(archive.paths, 0.2) == [file]


def test_hidden_files_links_and_what_was_put_aside_are_passed_over(archive: DataRoot) -> None:
    folder = archive.paths.inbox
    outside = archive.paths.root / "outside"
    outside.mkdir()
    (outside / "x.jpg").touch()
    for name in (".hidden.jpg", "._R1.jpg", "rejected/a.jpg", "duplicates/b.jpg", ".sync/c.jpg"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    (folder / "link.jpg").symlink_to(outside / "x.jpg")
    (folder / "folder").symlink_to(outside)

    assert settled_files(archive.paths, 0) == []


def test_a_file_that_vanishes_while_it_is_looked_at_is_passed_over(
    archive: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [archive.paths.inbox / name for name in ("a.jpg", "b.jpg")]
    for file in files:
        file.touch()
    monkeypatch.setattr(inbox, "_walk", lambda *_: files)
    files[0].unlink()

    assert settled_files(archive.paths, 0) == files[1:]


def test_folders_of_those_names_further_down_are_taken(archive: DataRoot) -> None:
    file = archive.paths.inbox / "card" / "rejected" / "a.jpg"
    file.parent.mkdir(parents=True)
    file.touch()

    assert settled_files(archive.paths, 0) == [file]


def test_an_inbox_that_does_not_exist_is_empty(archive: DataRoot) -> None:
    archive.paths.inbox.rmdir()

    assert settled_files(archive.paths, 0) == []


def test_a_source_is_a_file_or_all_files_below_a_folder(tmp_path: Path) -> None:
    for name in ("a.jpg", "b/c.jpg", "b/.d.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    assert _names(files_below(tmp_path), tmp_path) == ["a.jpg", "b/c.jpg"]
    assert files_below(tmp_path / "a.jpg") == [tmp_path / "a.jpg"]
