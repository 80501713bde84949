"""What a row of the index says."""

from datetime import datetime

from PIL import Image

from flux_assets.corpus.photo_index import PhotoIndex
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.corpus.looking import DAY, digest, empty_inbox, index_day, indexed


def test_a_row_describes_file_and_picture(archive: DataRoot, photograph: Photograph) -> None:
    taken = datetime(2022, 1, 15, 13, 22, 44)
    dropped = photograph(archive.paths.inbox / "R1.JPG", taken, subsecond="57", size=(90, 60))
    sha256, size, mtime = digest(dropped), dropped.stat().st_size, dropped.stat().st_mtime
    empty_inbox(archive)
    index_day(archive)

    row = indexed(archive).row(0, named=True)

    assert (row["sha256"], row["bytes"]) == (sha256, size)
    assert (row["width"], row["height"], row["format"]) == (90, 60, "JPEG")
    assert row["captured_at"] == taken.replace(microsecond=570_000)
    assert abs(row["file_modified_at"].timestamp() - mtime) < 0.002
    assert archive.paths.absolute(row["path"]).name == row["filename"]
    assert (row["error"], row["pair_id"]) == (None, None)


def test_raw_and_jpeg_of_one_press_are_two_rows_with_one_pair_id(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "R0001.JPG")
    photograph(archive.paths.inbox / "R0002.JPG", seed=1)
    taken = {306: "2022:01:15 13:22:44"}
    Image.new("RGB", (32, 24)).save(archive.paths.inbox / "R0001.DNG", "TIFF", tiffinfo=taken)
    empty_inbox(archive)
    index_day(archive)

    rows = indexed(archive)

    stem = "2022-01-15_13-22-44_DanteSisofo_R0001"
    pairs = dict(rows.select("photo_id", "pair_id").iter_rows())
    assert pairs == {stem: stem, f"{stem}_DNG": stem, stem[:-1] + "2": None}
    assert sorted(rows["format"]) == ["DNG", "JPEG", "JPEG"]


def test_a_second_copy_in_the_archive_is_a_location_and_no_row(
    archive: DataRoot, photograph: Photograph
) -> None:
    day = archive.paths.original_day(DAY)
    first = photograph(day / "a.jpg")
    photograph(day / "b.jpg", seed=1)
    (day / "copy.jpg").write_bytes(first.read_bytes())
    other = archive.paths.original_day("2022-02-02") / "copy.jpg"
    other.parent.mkdir(parents=True)
    other.write_bytes(first.read_bytes())

    index_day(archive)
    index_day(archive, "2022-02-02")

    assert indexed(archive)["filename"].to_list() == ["a.jpg", "b.jpg"]
    assert indexed(archive, "2022-02-02").height == 0
    with archive.ledger() as ledger:
        assert ledger.photographs_per_day() == {DAY: 2}


def test_a_copy_takes_over_when_the_first_file_goes(
    archive: DataRoot, photograph: Photograph
) -> None:
    day = archive.paths.original_day(DAY)
    first = photograph(day / "a.jpg")
    (day / "copy.jpg").write_bytes(first.read_bytes())
    index_day(archive)
    before = indexed(archive)["photo_id"].to_list()
    first.unlink()

    report = index_day(archive)

    assert indexed(archive)["filename"].to_list() == ["copy.jpg"]
    assert indexed(archive)["photo_id"].to_list() == before
    assert (report.computed, report.removed) == (0, ())


def test_a_day_without_photographs_has_an_index_with_typed_columns(archive: DataRoot) -> None:
    report = index_day(archive, "2022-03-03")

    assert report.photographs == 0
    assert archive.tables.has_day("photo_index", "2022-03-03")
    assert indexed(archive, "2022-03-03").schema == PhotoIndex.create_empty().schema
