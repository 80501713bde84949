"""Every file gives an EXIF row, however odd or broken it is."""

import random
from pathlib import Path

from PIL.TiffImagePlugin import IFDRational

from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.metadata.exif_files import EXIF_IFD, rows_of, written


def test_a_file_without_exif_has_a_row_of_nulls(archive: DataRoot, photograph: Photograph) -> None:
    rows = rows_of(archive, photograph(archive.paths.root / "a.jpg", None))

    assert rows.null_count().row(0).count(1) == len(rows.columns) - 2


def test_values_of_the_wrong_type_are_null_or_stored(archive: DataRoot) -> None:
    folder = archive.paths.root
    files = [
        written(folder / "a.jpg", EXIF_IFD, x8827=IFDRational(1, 2)),
        written(folder / "b.jpg", EXIF_IFD, x829A=1e-320, x829D="f/5.6"),
        written(folder / "c.jpg", None, x0112=99, x010F=7, x0110=b"\xff\xfe\x00\x80"),
        written(folder / "d.jpg", EXIF_IFD, x9003=5, x9291="x", xA434=(1, 2)),
    ]

    rows = rows_of(archive, *files)

    assert rows["iso"].to_list() == [None] * 4
    assert rows["shutter_speed"].to_list() == [None] * 4
    assert rows["orientation"].to_list() == [None] * 4
    assert rows["error"].to_list() == [None] * 4


def test_a_file_that_cannot_be_opened_is_tried_again(archive: DataRoot) -> None:
    rows = rows_of(archive, archive.paths.root / "gone.jpg")

    assert rows["retry"].to_list() == [True]
    assert rows["error"][0].startswith("exif: ")


def test_damaged_exif_gives_a_row_and_never_an_exception(
    archive: DataRoot, photograph: Photograph
) -> None:
    whole = photograph(
        archive.paths.root / "a.jpg", gps=(41.9, 12.5), altitude_m=20, subsecond="5"
    ).read_bytes()
    chance, files = random.Random(3), []
    for number in range(90):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            damaged[chance.randrange(2, 900)] = chance.randrange(256)
        if number % 3 == 0:
            del damaged[chance.randrange(2, 900) :]
        files.append(archive.paths.root / f"damaged{number:03}.jpg")
        files[-1].write_bytes(damaged)

    assert rows_of(archive, *files).height == 90


def test_every_real_file_gives_a_row(archive: DataRoot, real_photographs: Path) -> None:
    files = sorted(path for path in real_photographs.rglob("*") if path.is_file())

    rows = rows_of(archive, *files)

    assert rows.height == len(files) > 300
    assert rows["camera_make"].n_unique() > 20
    assert rows["lat"].count() > 20
    years = rows["captured_at"].drop_nulls().dt.year()
    assert years.len() > 150
