"""The scan of ORIGINALS: what was put, changed and removed by hand."""

import os

import pytest

from flux_assets.corpus import scan as scanning
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.corpus.looking import (
    DAY,
    digest,
    empty_inbox,
    files_in,
    index_day,
    indexed,
    put,
    scan,
)

STEM = "2022-01-15_13-22-44_DanteSisofo"


def _no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object, **__: object) -> None:
        raise AssertionError("a picture was read")

    for name in ("sha256_of", "identify", "filing_time"):
        monkeypatch.setattr(scanning, name, read)


def test_an_unchanged_day_is_scanned_without_reading_a_picture(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    photograph(archive.paths.inbox / "a.jpg")
    empty_inbox(archive)
    put(archive, photograph, "b.jpg", seed=1)
    index_day(archive)
    before = indexed(archive)
    _no_reading(monkeypatch)

    report = index_day(archive)
    scanned = scan(archive)

    assert (report.photographs, report.computed, report.removed) == (2, 0, ())
    assert (scanned.files, scanned.new, scanned.gone) == (2, 0, 0)
    assert indexed(archive).equals(before)


def test_files_put_by_hand_get_canonical_ids_and_keep_their_names(
    archive: DataRoot, photograph: Photograph
) -> None:
    file = put(archive, photograph, "selects/my picture.jpg")
    before = (digest(file), file.stat().st_mtime_ns)

    index_day(archive)

    row = indexed(archive).row(0, named=True)
    assert row["photo_id"] == f"{STEM}_my-picture"
    assert row["path"].endswith(f"{DAY}/selects/my picture.jpg")
    assert row["source_path"] is None
    assert before == (digest(file), file.stat().st_mtime_ns)


def test_hand_put_files_that_want_one_id_are_told_apart_by_digest(
    archive: DataRoot, photograph: Photograph
) -> None:
    files = [put(archive, photograph, f"{d}/R1.jpg", seed=ord(d)) for d in "ab"]

    index_day(archive)

    assert indexed(archive)["photo_id"].to_list() == [
        f"{STEM}_R1",
        f"{STEM}_R1_{digest(files[1])[:8]}",
    ]


def test_a_name_with_an_impossible_date_is_not_taken_for_canonical(
    archive: DataRoot, photograph: Photograph
) -> None:
    put(archive, photograph, "2022-13-45_99-99-99_A_x.jpg")

    index_day(archive)

    assert indexed(archive)["photo_id"].to_list() == [f"{STEM}_2022-13-45_99-99-99_A_x"]


def test_excluded_names_foreign_endings_and_links_are_not_indexed(
    archive: DataRoot, photograph: Photograph
) -> None:
    outside = photograph(archive.paths.root / "outside" / "linked.jpg", seed=1)
    put(archive, photograph, "kept.jpg")
    for name in ("._kept.jpg", "Thumbs/small.jpg", "thumb.jpg", "kept.xmp", "kept.jpg.partial"):
        put(archive, photograph, name, seed=2)
    day = archive.paths.original_day(DAY)
    (day / "link.jpg").symlink_to(outside)
    (day / "folder").symlink_to(outside.parent)

    index_day(archive)

    assert indexed(archive)["filename"].to_list() == ["kept.jpg"]


def test_files_that_are_no_pictures_are_reported_and_left(
    archive: DataRoot, photograph: Photograph
) -> None:
    put(archive, photograph, "fine.jpg")
    day = archive.paths.original_day(DAY)
    (day / "letter.jpg").write_text("no picture")
    (day / os.fsdecode(b"caf\xe9.jpg")).write_text("no name")

    report = scan(archive)

    assert report.new == 1
    reasons = dict(report.unreadable)
    assert "no picture format" in reasons[f"2022/2022-01/{DAY}/letter.jpg"]
    assert "UTF-8" in reasons[f"2022/2022-01/{DAY}/caf\ufffd.jpg"]
    assert len(list(files_in(day))) == 3


def test_a_file_that_is_no_picture_any_more_leaves_the_index(
    archive: DataRoot, photograph: Photograph
) -> None:
    files = [put(archive, photograph, f"{seed}.jpg", seed) for seed in range(3)]
    index_day(archive)
    files[0].write_text("overwritten")

    assert index_day(archive).photographs == 2
