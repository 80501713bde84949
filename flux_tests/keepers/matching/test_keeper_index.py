"""What the index of the KEEPERS tree holds, and what of it is read again."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from flux_assets import progress
from flux_assets.corpus.loss_guard import LossSuspected
from flux_assets.keepers.matching import keeper_index
from flux_assets.keepers.matching.keeper_index import (
    KEEPER_INDEX,
    KeeperIndex,
    keeper_tree_state,
    update_keeper_index,
)
from flux_resources.data_root import DataRoot
from flux_resources.files import sha256_of
from flux_tests.conftest import Photograph

TAKEN = datetime(2022, 1, 15, 13, 22, 44)


def rows(archive: DataRoot) -> pl.DataFrame:
    return archive.tables.read(KEEPER_INDEX, KeeperIndex)


def test_a_row_describes_file_and_picture(archive: DataRoot, photograph: Photograph) -> None:
    file = photograph(archive.paths.keepers / "2022" / "a.jpg", TAKEN, subsecond="52", serial="77")
    report = update_keeper_index(archive)
    row = rows(archive).row(0, named=True)
    assert (report.files, report.read, report.failed) == (1, 1, 0)
    assert row["keeper_path"] == "FLUX_ARCHIVE/KEEPERS/2022/a.jpg"
    assert (row["sha256"], row["bytes"]) == (sha256_of(file), file.stat().st_size)
    assert (row["width"], row["height"], row["format"]) == (96, 64, "JPEG")
    assert row["captured_at"] == TAKEN.replace(microsecond=520_000)
    assert (row["subsecond"], row["camera_model"], row["serial"]) == ("52", "GR III", "77")


def test_only_new_and_changed_files_are_read_again(
    archive: DataRoot, photograph: Photograph
) -> None:
    keepers = archive.paths.keepers
    for n in range(3):
        photograph(keepers / f"{n}.jpg", seed=n)
    update_keeper_index(archive)
    assert update_keeper_index(archive).read == 0
    photograph(keepers / "1.jpg", seed=9)
    photograph(keepers / "new.jpg", seed=10)
    (keepers / "2.jpg").unlink()
    report = update_keeper_index(archive)
    assert (report.files, report.read) == (3, 2)
    assert report.removed == ("FLUX_ARCHIVE/KEEPERS/2.jpg",)
    assert rows(archive).row(1, named=True)["sha256"] == sha256_of(keepers / "1.jpg")


def test_what_is_no_picture_is_passed_over_and_broken_ones_are_error_rows(
    archive: DataRoot, photograph: Photograph
) -> None:
    keepers = archive.paths.keepers
    photograph(keepers / "a.jpg")
    photograph(keepers / ".trash" / "b.jpg")
    (keepers / "a.xmp").write_text("<xmp/>")
    (keepers / "._a.jpg").write_bytes(b"mac")
    (keepers / "link.jpg").symlink_to(keepers / "a.jpg")
    (keepers / "empty.jpg").touch()
    (keepers / "text.jpg").write_text("bread")
    Path(os.fsdecode(os.fsencode(keepers) + b"/\xff.jpg")).write_bytes(b"?")
    assert update_keeper_index(archive).failed == 3
    errors = dict(rows(archive).select("filename", "error").iter_rows())
    assert errors.pop("a.jpg") is None
    assert errors == {
        "empty.jpg": "keeper: the file is empty",
        "text.jpg": "keeper: no picture format that FLUX knows",
        "�.jpg": "keeper: its name is not valid UTF-8; rename it",
    }
    assert update_keeper_index(archive).read == 0


def test_keepers_are_never_touched(archive: DataRoot, photograph: Photograph) -> None:
    file = photograph(archive.paths.keepers / "a.jpg")
    before = (file.read_bytes(), file.stat().st_mtime_ns, sorted(archive.paths.keepers.iterdir()))
    update_keeper_index(archive)
    assert before == (file.read_bytes(), file.stat().st_mtime_ns, [file])


@pytest.fixture
def four(archive: DataRoot, photograph: Photograph) -> Iterator[DataRoot]:
    for n in range(4):
        photograph(archive.paths.keepers / f"{n}.jpg", seed=n)
    update_keeper_index(archive)
    yield archive


def test_a_tree_that_is_away_keeps_its_index(four: DataRoot) -> None:
    four.paths.keepers.rename(four.paths.root / "elsewhere")
    with pytest.raises(LossSuspected, match=r"KEEPERS held 4 keepers and shows 0.*--accept-loss"):
        update_keeper_index(four)
    assert rows(four).height == 4
    assert update_keeper_index(four, accept_loss=True).files == 0


def test_a_tree_that_lost_most_of_its_files_keeps_its_index(four: DataRoot) -> None:
    for n in range(3):
        (four.paths.keepers / f"{n}.jpg").unlink()
    with pytest.raises(LossSuspected, match="held 4 keepers and shows 1"):
        update_keeper_index(four)
    assert rows(four).height == 4


def test_losing_half_is_believed(four: DataRoot) -> None:
    for n in range(2):
        (four.paths.keepers / f"{n}.jpg").unlink()
    assert update_keeper_index(four).files == 2


def test_a_folder_that_cannot_be_listed_stops_with_its_name(
    four: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(LossSuspected, match=r"KEEPERS cannot be listed: Permission denied"):
        update_keeper_index(four)
    assert rows(four).height == 4


def test_a_first_look_at_no_tree_gives_an_empty_index(archive: DataRoot) -> None:
    assert update_keeper_index(archive).files == 0
    assert rows(archive).height == 0


def test_a_killed_run_goes_on_where_it_was(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(6):
        photograph(archive.paths.keepers / f"{n}.jpg", seed=n)
    monkeypatch.setattr(keeper_index, "_CHUNK", 1)
    monkeypatch.setattr(keeper_index, "_SAVED_EVERY", 2)
    seen = 0

    def kill(product: str, files: int) -> None:
        nonlocal seen
        seen += files
        if seen == 5:
            raise KeyboardInterrupt

    with progress.listening(kill), pytest.raises(KeyboardInterrupt):
        update_keeper_index(archive)
    assert rows(archive).height == 4
    assert update_keeper_index(archive).read == 2
    assert rows(archive).height == 6


def test_progress_counts_every_file(four: DataRoot, photograph: Photograph) -> None:
    photograph(four.paths.keepers / "new.jpg", seed=8)
    seen: list[tuple[str, int]] = []
    with progress.listening(lambda product, files: seen.append((product, files))):
        update_keeper_index(four)
    assert seen == [(KEEPER_INDEX, 4), (KEEPER_INDEX, 1)]


def test_the_state_of_the_tree_changes_with_its_files_alone(
    four: DataRoot, photograph: Photograph
) -> None:
    state = keeper_tree_state(four)
    (four.paths.keepers / "notes.txt").write_text("not a picture")
    assert keeper_tree_state(four) == state
    photograph(four.paths.keepers / "new.jpg", seed=8)
    assert keeper_tree_state(four) != state


def test_hostile_files_become_rows(archive: DataRoot, real_photographs: Path) -> None:
    sources = real_photographs / "bep-imagemeta"
    for folder in ("corrupt", "fuzz"):
        for found in sources.rglob(f"{folder}/*"):
            if found.is_file():
                target = archive.paths.keepers / f"{folder}-{found.name}.jpg"
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(found, target)
    report = update_keeper_index(archive)
    assert report.files == report.read > 0
    assert update_keeper_index(archive).files == report.files
