"""Rows of technical quality."""

from pathlib import Path

import polars as pl
import pytest
from PIL import Image

from flux_assets.imaging.quality import (
    QUALITY,
    Quality,
    build_quality,
    explain,
    measure_quality,
    quality_inputs,
    quality_version,
)
from flux_assets.refresh import refresh_day
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import QualitySettings
from flux_tests.conftest import Photograph
from flux_tests.imaging.proxy_rows import BROKEN, GONE, NEVER, READ, write_proxy_rows

DAY = "2022-01-15"
SETTINGS = QualitySettings()
FAULTLESS = {
    "sharpness": 0.8,
    "clipped_highlights": 0.01,
    "clipped_shadows": 0.01,
    "contrast": 1.0,
    "noise": 0.5,
    "compression": 0.9,
}


def inputs(archive: DataRoot, photograph: Photograph) -> pl.DataFrame:
    proxies = write_proxy_rows(archive, photograph)
    exif = proxies.select("photo_id", pl.Series("iso", [200, None, 400, None], dtype=pl.Int64))
    proxies = proxies.with_columns(quantization_step=pl.Series([40.0, None, 2.0, None]))
    return quality_inputs(proxies, exif)


def test_every_photograph_gets_one_row_whatever_its_working_copy(
    archive: DataRoot, photograph: Photograph
) -> None:
    report = refresh_day(
        archive.tables,
        QUALITY,
        DAY,
        inputs=inputs(archive, photograph),
        version=quality_version(SETTINGS),
        compute=lambda todo: build_quality(todo, paths=archive.paths, settings=SETTINGS, workers=2),
    )

    rows = archive.tables.read_day(QUALITY.name, DAY, Quality)
    assert (report.photographs, report.failed) == (4, 2)
    assert rows.filter(pl.col("quality_score").is_not_null())["photo_id"].to_list() == [READ]
    assert rows.filter(photo_id=READ)["compression"].to_list() == [pytest.approx(0.5)]
    assert set(rows.filter(pl.col("fingerprint").is_null())["photo_id"]) == {BROKEN, GONE}
    assert rows.filter(photo_id=NEVER)["error"].to_list() == [None]


def test_a_day_without_photographs_gives_no_rows(archive: DataRoot) -> None:
    types = {"photo_id": pl.String, "proxy_path": pl.String, "iso": pl.Int64}
    none = pl.DataFrame(schema=types | {"quantization_step": pl.Float64})

    assert build_quality(none, paths=archive.paths, settings=SETTINGS, workers=2).is_empty()


def test_of_exif_only_the_iso_speed_makes_a_row_stale() -> None:
    proxies = pl.DataFrame({"photo_id": ["a"], "proxy_path": ["a.jpg"], "fingerprint": ["1"]})
    proxies = proxies.with_columns(quantization_step=pl.lit(2.0))
    exif = pl.DataFrame({"photo_id": ["a"], "iso": [200], "fingerprint": ["x"]})
    first = quality_inputs(proxies, exif)["fingerprint"]

    assert quality_inputs(proxies, exif.with_columns(fingerprint=pl.lit("y")))[
        "fingerprint"
    ].equals(first)
    assert not quality_inputs(proxies, exif.with_columns(iso=pl.lit(400)))["fingerprint"].equals(
        first
    )


def test_the_score_is_the_weighted_mean_of_the_marks(
    photograph: Photograph, tmp_path: Path
) -> None:
    file = photograph(tmp_path / "a.jpg", size=(300, 200))

    def measured(settings: QualitySettings) -> dict[str, object]:
        with Image.open(file) as image:
            return measure_quality(image, iso=None, quantization_step=20, settings=settings)

    alone = dict.fromkeys(QualitySettings.model_fields, 0)
    for name in ("sharpness", "exposure", "contrast", "compression"):
        row = measured(QualitySettings(**(alone | {name: 3})))
        assert row["quality_score"] == pytest.approx(row[name])
    assert quality_version(QualitySettings(noise=1)) != quality_version(SETTINGS)


def test_weights_that_are_all_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one fault"):
        QualitySettings(sharpness=0, exposure=0, contrast=0, noise=0, compression=0)


@pytest.mark.parametrize(
    ("faults", "white", "words"),
    [
        ({}, 0.9, "sharp (0.80)"),
        (
            {"sharpness": 0.21, "clipped_highlights": 0.18},
            1,
            "soft (0.21), highlights clipped 18 %",
        ),
        (
            {"clipped_shadows": 0.3},
            0.2,
            "sharp (0.80), shadows clipped 30 %, dark (nothing above 20 % of full scale)",
        ),
        (
            {"contrast": 0.3, "noise": 6.4},
            1,
            "sharp (0.80), low contrast (0.30), noisy (6.4 levels)",
        ),
        ({"compression": 0.4}, 1, "sharp (0.80), compressed (0.40)"),
    ],
)
def test_a_row_says_its_faults_in_words(faults: dict[str, float], white: float, words: str) -> None:
    assert explain(FAULTLESS | faults, white=white) == words
