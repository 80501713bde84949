"""Every file gives an EXIF row, however odd or broken it is."""

import os
import random
from datetime import date, datetime
from pathlib import Path

import pytest
from PIL.TiffImagePlugin import IFDRational

from flux_assets.corpus.filing_time import filing_time
from flux_assets.metadata import exif
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


def test_a_file_that_hangs_costs_its_own_row(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exif, "_SECONDS", 0.5)
    folder = archive.paths.root
    os.mkfifo(folder / "b.jpg")  # opening it waits for a writer

    rows = rows_of(
        archive, photograph(folder / "a.jpg"), folder / "b.jpg", photograph(folder / "c.jpg")
    )

    assert rows["camera_model"].to_list() == ["GR III", None, "GR III"]
    assert rows["error"].to_list() == [None, "exif: took over 0.5 s", None]


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


def test_damaged_real_files_give_rows(archive: DataRoot, real_photographs: Path) -> None:
    whole = [path for path in sorted(real_photographs.rglob("*")) if path.is_file()]
    chance, files = random.Random(5), []
    for number in range(300):
        source = chance.choice(whole)
        damaged = bytearray(source.read_bytes()[:200_000]) or bytearray(1)
        for _ in range(chance.randint(0, 30)):
            damaged[chance.randrange(min(len(damaged), 20_000))] = chance.choice((0, 255))
        if chance.random() < 0.3:
            del damaged[chance.randrange(len(damaged)) :]
        files.append(archive.paths.root / f"damaged{number:03}{source.suffix}")
        files[-1].write_bytes(damaged)

    rows = rows_of(archive, *files)

    assert rows.height == 300
    assert rows["error"].count() < 10


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("iphone.heic", datetime(2026, 2, 19, 14, 22, 37)),
        ("CanonRaw.cr3", datetime(2018, 2, 21, 12, 8, 56)),
        ("Nikon.nef", datetime(2004, 6, 9, 16, 2, 35)),
        ("Panasonic.rw2", datetime(2008, 8, 6, 15, 21, 56)),
    ],
)
def test_intake_files_heic_and_raw_by_their_exif_time(
    real_photographs: Path, name: str, taken: datetime
) -> None:
    (file,) = real_photographs.rglob(name)

    found = filing_time(
        file,
        begin=datetime(2000, 1, 1),
        default_clocks=(date(2000, 1, 1),),
        zone=None,
        now=datetime(2030, 1, 1),
    )

    assert found.moment.replace(microsecond=0) == taken
    assert found.warning is None


def test_every_real_file_gives_a_row(archive: DataRoot, real_photographs: Path) -> None:
    files = sorted(path for path in real_photographs.rglob("*") if path.is_file())

    rows = rows_of(archive, *files)

    assert rows.height == len(files) > 300
    assert rows["camera_make"].n_unique() > 20
    assert rows["lat"].count() > 20
    years = rows["captured_at"].drop_nulls().dt.year()
    assert years.len() > 150
    assert years.is_between(1826, 2098).all()
    assert rows["error"].count() == 0
    assert rows["refused"].count() > 10
    assert rows["keywords"].count() > 10
