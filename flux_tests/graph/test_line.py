"""The line from inbox to search, through the real graph with the real model."""

import shutil
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from flux_assets.execution import DAY_PRODUCTS
from flux_assets.products import PRODUCTS
from flux_assets.search import Archive
from flux_resources.data_root import DataRoot
from flux_tests.graph.conftest import Run

DAYS = ("2022-01-14", "2022-01-15", "2022-01-16")


def rows(archive: DataRoot, product: str) -> pl.DataFrame:
    schema = next(p.schema for p in PRODUCTS if p.name == product)
    return pl.concat(archive.tables.read_day(product, day, schema) for day in DAYS)


def test_every_product_has_one_row_per_photograph(enriched: DataRoot) -> None:
    expected = sorted(rows(enriched, "photo_index")["photo_id"])
    assert len(expected) == 6
    for product in DAY_PRODUCTS:
        assert sorted(rows(enriched, product)["photo_id"]) == expected, product


def test_a_truncated_photograph_is_an_error_row_and_stops_nothing(enriched: DataRoot) -> None:
    errors = rows(enriched, "proxies").filter(pl.col("error").is_not_null())
    assert errors["photo_id"].to_list() == ["2022-01-16_12-05-00_DanteSisofo_R0001005"]
    assert rows(enriched, "embeddings")["embedding_id"].null_count() == 1
    assert rows(enriched, "exif")["captured_at"].null_count() == 0


def test_a_place_comes_from_gps_or_is_marked_as_borrowed(enriched: DataRoot) -> None:
    photos = Archive(enriched.paths.root).photos().sort("photo_id")
    assert photos["location_city"].to_list() == [*["Philadelphia"] * 2, *["Rome"] * 4]
    assert photos["location_source"].to_list() == [*["gps"] * 4, "estimated", "gps"]
    assert photos["lat"].is_null().to_list() == [*[False] * 4, True, False]


def test_times_are_trusted_where_camera_and_file_agree(enriched: DataRoot) -> None:
    photos = Archive(enriched.paths.root).photos()
    assert (photos["trust"] >= 0.8).all()
    assert photos["captured_at"].dt.date().cast(str).unique().sort().to_list() == list(DAYS)


def test_a_photograph_is_most_similar_to_a_copy_of_its_file(
    enriched: DataRoot, tmp_path: Path
) -> None:
    archive = Archive(enriched.paths.root)
    for photo in archive.photos().drop_nulls("embedding_id").iter_rows(named=True):
        copy = shutil.copy(enriched.paths.absolute(photo["path"]), tmp_path / "copy.jpg")
        best = archive.similar(copy, limit=1)
        assert best["photo_id"].item() == photo["photo_id"]
        assert best["score"].item() == pytest.approx(1, abs=0.02)


def test_searches_answer_with_photographs_that_pass_the_filters(enriched: DataRoot) -> None:
    found = Archive(enriched.paths.root).search("coloured patches", city="rome", year=2022)
    assert set(found["location_city"]) == {"Rome"}
    assert found["score"].is_sorted(descending=True)


def test_running_again_computes_nothing(enriched: DataRoot, run: Run) -> None:
    result = run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1])
    computed = {
        (event.step_key, event.partition): event.step_materialization_data.materialization.metadata[
            "computed"
        ].value
        for event in result.filter_events(lambda event: event.is_step_materialization)
    }
    assert len(computed) == len(DAY_PRODUCTS) * len(DAYS)
    assert set(computed.values()) == {0}


def test_numbers_are_recorded_for_each_day_of_a_range(
    enriched: DataRoot, instance: dg.DagsterInstance
) -> None:
    for day, failed in zip(DAYS, (0, 0, 1), strict=True):
        records = instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=dg.AssetKey("proxies"), asset_partitions=[day]), limit=1
        ).records
        metadata = records[0].asset_materialization.metadata  # type: ignore[union-attr]
        assert metadata["photographs"].value == 2
        assert metadata["failed"].value == failed


def test_a_day_without_photographs_writes_empty_typed_tables(enriched: DataRoot, run: Run) -> None:
    assert run(*DAY_PRODUCTS, first="2022-01-20").success
    for product in PRODUCTS:
        day = enriched.tables.read_day(product.name, "2022-01-20", product.schema)
        assert day.height == 0
        assert day.columns == product.schema.column_names()


def test_a_deleted_photograph_leaves_index_vectors_and_copies(enriched: DataRoot, run: Run) -> None:
    photo = rows(enriched, "photo_index").row(0, named=True)
    enriched.paths.absolute(photo["path"]).unlink()
    assert run(*DAY_PRODUCTS, first=DAYS[0]).success
    assert run("photos").success
    archive = Archive(enriched.paths.root)
    assert photo["photo_id"] not in archive.photos()["photo_id"].to_list()
    assert not enriched.paths.proxy(DAYS[0], photo["photo_id"]).exists()
    assert not enriched.paths.thumb(photo["photo_id"]).exists()
    assert archive.search("anything", limit=50).height == 4


def test_an_unmounted_archive_fails_and_keeps_what_it_had(enriched: DataRoot, run: Run) -> None:
    away = enriched.paths.originals.rename(enriched.paths.root / "unplugged")
    result = run("photo_index", first=DAYS[0])
    assert not result.success
    failure = result.filter_events(lambda event: event.is_step_failure)[0]
    assert "Is the disk mounted?" in str(failure.step_failure_data.error_display_string)
    assert rows(enriched, "photo_index").height == 6
    away.rename(enriched.paths.originals)
    assert run("photo_index", first=DAYS[0]).success


def test_a_loss_on_purpose_is_accepted_when_told(enriched: DataRoot, run: Run) -> None:
    for file in enriched.paths.original_day(DAYS[0]).glob("*.JPG"):
        file.unlink()
    (check,) = run("photo_index", first=DAYS[0]).get_asset_check_evaluations()
    assert not check.passed
    assert f"--days {DAYS[0]}..{DAYS[0]} --accept-loss" in (check.description or "")
    assert rows(enriched, "photo_index").height == 6
    (check,) = run("photo_index", first=DAYS[0], accept_loss=True).get_asset_check_evaluations()
    assert check.passed
    assert rows(enriched, "photo_index").height == 4


def test_originals_are_never_touched(
    archive: DataRoot, dropped: list[Path], run: Run, tmp_path: Path
) -> None:
    assert run("intake_log", "archive_scan").success
    originals = sorted(archive.paths.originals.rglob("*.JPG"))
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in originals]
    assert run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1]).success
    assert [(file.read_bytes(), file.stat().st_mtime_ns) for file in originals] == before
