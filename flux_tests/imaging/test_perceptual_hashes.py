"""Rows of perceptual hashes."""

from pathlib import Path

import imagehash
import polars as pl
from PIL import Image

from flux_assets.imaging.perceptual_hashes import (
    PERCEPTUAL_HASHES,
    PERCEPTUAL_HASHES_VERSION,
    PerceptualHashes,
    build_perceptual_hashes,
)
from flux_assets.refresh import refresh_day
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.imaging.proxy_rows import BROKEN, GONE, NEVER, READ, write_proxy_rows

DAY = "2022-01-15"


def test_every_photograph_gets_one_row_whatever_its_working_copy(
    archive: DataRoot, photograph: Photograph
) -> None:
    inputs = write_proxy_rows(archive, photograph)
    rows = build_perceptual_hashes(inputs, paths=archive.paths, workers=2)

    assert rows["photo_id"].to_list() == [READ, BROKEN, GONE, NEVER]
    assert rows["phash"].is_not_null().to_list() == [True, False, False, False]
    assert rows["error"].is_not_null().to_list() == [False, True, True, False]
    assert rows["retry"].to_list() == [False, True, True, False]
    assert "FLUX_PROXIES/gone.jpg" in rows["error"][2]
    assert "materialize proxies" in rows["error"][2]


def test_stored_hashes_are_those_of_imagehash_and_broken_copies_are_tried_again(
    archive: DataRoot, photograph: Photograph
) -> None:
    report = refresh_day(
        archive.tables,
        PERCEPTUAL_HASHES,
        DAY,
        inputs=write_proxy_rows(archive, photograph),
        version=PERCEPTUAL_HASHES_VERSION,
        compute=lambda todo: build_perceptual_hashes(todo, paths=archive.paths, workers=2),
    )

    stored = archive.tables.read_day(PERCEPTUAL_HASHES.name, DAY, PerceptualHashes)
    row = stored.row(by_predicate=pl.col("photo_id") == READ, named=True)
    with Image.open(archive.paths.proxies / "read.jpg") as image:
        assert row["phash"] == int(str(imagehash.phash(image)), 16)
        assert row["whash"] == int(str(imagehash.whash(image)), 16)
    assert (report.photographs, report.failed) == (4, 2)
    assert set(stored.filter(pl.col("fingerprint").is_null())["photo_id"]) == {BROKEN, GONE}


def test_a_day_without_photographs_gives_no_rows(archive: DataRoot, tmp_path: Path) -> None:
    inputs = pl.DataFrame(schema={"photo_id": pl.String, "proxy_path": pl.String})

    assert build_perceptual_hashes(inputs, paths=archive.paths, workers=2).is_empty()
