"""Folders that cannot be listed, and files whose times or names are out of all bounds."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from flux_assets.corpus import filing_time as times
from flux_assets.corpus import scan as scanning
from flux_assets.corpus.inbox import files_below
from flux_assets.corpus.take_in import take_in
from flux_resources.data_root import DataRoot
from flux_tests.conftest import SETTINGS, Photograph
from flux_tests.corpus.looking import (
    DAY,
    empty_inbox,
    index_day,
    names_in,
    put,
    scan,
)

Deny = Callable[[Path], None]


@pytest.fixture
def deny(monkeypatch: pytest.MonkeyPatch) -> Deny:
    """Closes a folder: it can be neither listed nor can files below it be looked at."""

    def close(folder: Path) -> None:
        for name in ("scandir", "listdir", "stat"):
            monkeypatch.setattr(os, name, _closed(getattr(os, name), folder, name))

    return close


def _closed(real: Callable[..., object], folder: Path, name: str) -> Callable[..., object]:
    def call(path: str | Path | int, *args: object, **kwargs: object) -> object:
        below = not isinstance(path, int) and folder in Path(path).parents
        if below or (name != "stat" and path in (folder, str(folder))):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **kwargs)

    return call


@pytest.fixture
def disk(archive: DataRoot, photograph: Photograph) -> Path:
    """A read-only root with photographs in the folders a and z."""
    root = archive.paths.root.parent / "disk"
    photograph(root / "a" / "R1.jpg")
    photograph(root / "z" / "R2.jpg", seed=1)
    return root


def _with_roots(archive: DataRoot, *roots: Path) -> DataRoot:
    listed = ", ".join(map(str, roots))
    (archive.paths.root / "flux.yaml").write_text(SETTINGS + f"archive: {{roots: [{listed}]}}")
    return DataRoot.open(archive.paths.root)


def test_a_folder_that_cannot_be_listed_does_not_stop_the_scan(
    archive: DataRoot, disk: Path, deny: Deny
) -> None:
    deny(disk / "a")

    report = scan(_with_roots(archive, disk))

    assert (report.files, report.new, report.losses) == (1, 1, ())
    ((path, reason),) = report.unreadable
    assert path == "a"
    assert "Permission denied" in reason


def test_photographs_below_a_folder_that_cannot_be_listed_any_more_stay_known(
    archive: DataRoot, disk: Path, deny: Deny
) -> None:
    rooted = _with_roots(archive, disk)
    scan(rooted)
    deny(disk / "a")

    report = scan(rooted)

    assert (report.files, report.gone, report.losses) == (1, 0, ())
    with rooted.ledger() as ledger:
        assert set(ledger.locations_in(str(disk))) == {"a/R1.jpg", "z/R2.jpg"}


def test_a_day_that_cannot_be_listed_keeps_its_photographs(
    archive: DataRoot, photograph: Photograph, deny: Deny
) -> None:
    put(archive, photograph, "R1.jpg")
    index_day(archive)
    deny(archive.paths.original_day(DAY))

    report = scan(archive)

    assert report.gone == 0
    assert [path for path, _ in report.unreadable] == [f"2022/2022-01/{DAY}"]


def test_a_root_that_cannot_be_listed_is_reported_and_the_others_are_scanned(
    archive: DataRoot, disk: Path, photograph: Photograph, deny: Deny
) -> None:
    other = archive.paths.root.parent / "other"
    photograph(other / "R3.jpg", seed=2)
    rooted = _with_roots(archive, disk, other)
    scan(rooted)
    deny(disk)

    report = scan(rooted)

    assert (report.files, report.gone) == (1, 0)
    assert [str(disk) in loss for loss in report.losses] == [True]


def test_of_a_source_that_cannot_be_listed_whole_the_rest_is_filed(
    archive: DataRoot, disk: Path, deny: Deny
) -> None:
    deny(disk / "a")

    outcomes = {outcome.source: outcome for outcome in take_in(archive, files_below(disk))}

    assert outcomes[disk / "z" / "R2.jpg"].action == "filed"
    assert outcomes[disk / "a"].action == "failed"
    assert "Permission denied" in (outcomes[disk / "a"].reason or "")


def test_a_closed_folder_in_the_inbox_keeps_nothing_else_there(
    archive: DataRoot, photograph: Photograph, deny: Deny
) -> None:
    photograph(archive.paths.inbox / "closed" / "R1.jpg")
    photograph(archive.paths.inbox / "open" / "R2.jpg", seed=1)
    deny(archive.paths.inbox / "closed")

    actions = {outcome.source.name: outcome.action for outcome in empty_inbox(archive)}

    assert actions == {"closed": "failed", "R2.jpg": "filed"}


def test_a_file_time_of_another_century_is_filed_scanned_and_indexed(
    archive: DataRoot, photograph: Photograph
) -> None:
    moment = int(datetime(2300, 1, 1).timestamp()) * 10**9
    file = photograph(archive.paths.inbox / "R1.jpg")
    by_hand = put(archive, photograph, "by hand.jpg", seed=1)
    for path in (file, by_hand):
        os.utime(path, ns=(0, moment))
    if file.stat().st_mtime_ns != moment:
        pytest.skip("this file system has no year 2300")

    actions = [outcome.action for outcome in empty_inbox(archive)]

    assert actions == ["filed"]
    assert scan(archive).unreadable == ()
    assert index_day(archive).photographs == 2
    assert scan(archive).new == 0


@pytest.mark.parametrize("error", [ValueError("year 60000 is out of range"), OverflowError("big")])
def test_a_file_that_cannot_be_understood_is_unreadable_and_the_others_are_scanned(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    for number in range(2):
        put(archive, photograph, f"R{number}.jpg", seed=number)
    real = times.filing_time

    def odd(path: Path, **settings: object) -> object:
        if path.name == "R0.jpg":
            raise error
        return real(path, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(scanning, "filing_time", odd)

    report = scan(archive)

    assert report.new == 1
    assert report.unreadable == ((f"2022/2022-01/{DAY}/R0.jpg", str(error)),)


@pytest.mark.parametrize(
    "name", ["a" * 246 + ".txt", "é" * 125 + ".txt", "a." + "b" * 250], ids=["ascii", "é", "ending"]
)
def test_a_file_with_a_name_as_long_as_can_be_is_put_aside_with_its_note(
    archive: DataRoot, name: str
) -> None:
    for text in ("one", "two"):
        (archive.paths.inbox / name).write_text(text)
        assert [outcome.action for outcome in empty_inbox(archive)] == ["rejected"]

    aside = names_in(archive.paths.rejected)
    notes = {kept for kept in aside if kept.endswith(".reason.txt")}
    files = aside - notes
    assert names_in(archive.paths.inbox) == {f"rejected/{kept}" for kept in aside}
    assert notes == {f"{file}.reason.txt" for file in files}
    texts = {(archive.paths.rejected / file).read_text() for file in files}
    assert texts == {"one", "two"}
    if name.endswith(".txt"):
        assert all(file.endswith(".txt") for file in files)
