"""Coverage in the graph: what the real assets write is up to date, and what is missing is asked."""

import json

import dagster as dg
import polars as pl
import pytest
from dagster import AssetKey

from flux_assets.definitions import ASSETS
from flux_assets.metadata.exif import EXIF
from flux_assets.products import ENRICHMENTS
from flux_assets.publishing.coverage.assets import coverage
from flux_assets.publishing.coverage.automation import coverage_sensor
from flux_assets.publishing.coverage.measure import measure_coverage
from flux_assets.publishing.coverage.schemas import COVERAGE, COVERAGE_BY, Coverage, CoverageBy
from flux_assets.publishing.coverage.upstream import UPSTREAM
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource
from flux_tests.graph.conftest import DAYS
from flux_tests.graph.test_automation import evaluate


def test_upstream_is_what_the_graph_says() -> None:
    specs = {spec.key.to_user_string(): spec for asset in ASSETS for spec in asset.specs}
    known = UPSTREAM.keys() & specs.keys()
    sources = {"intake_log", "archive_scan"}
    for name in known:
        deps = {dep.asset_key.to_user_string() for dep in specs[name].deps} - sources
        assert set(UPSTREAM[name]) == deps


def test_rows_of_a_run_are_up_to_date_for_every_product(enriched: DataRoot) -> None:
    measured = measure_coverage(enriched)

    assert measured.products["stale"].sum() == 0
    assert measured.products["pending"].sum() == 0
    assert measured.photographs == 6


@pytest.mark.parametrize(
    ("settings", "stale"),
    [
        ("quality: {sharpness: 0.9}", {"quality"}),
        ("bursts: {gap_seconds: 2}", {"bursts"}),
        ("imaging: {proxy_pixels: 800}", {"proxies"}),
        ("capture_times: {threshold: 0.7}", {"capture_times"}),
        ("archive: {time_zone: Asia/Tokyo}", {"capture_times"}),
        ("keeper_labels: {near_miss_seconds: 10}", {"keeper_labels"}),
    ],
)
def test_other_settings_make_the_rows_stale_that_depend_on_them(
    enriched: DataRoot, settings: str, stale: set[str]
) -> None:
    file = enriched.paths.root / "flux.yaml"
    file.write_text(f"{file.read_text()}{settings}\n")

    products = measure_coverage(DataRoot.open(enriched.paths.root)).products

    assert set(products.filter(pl.col("stale") > 0)["product"]) == stale


def test_the_asset_writes_tables_a_page_and_markdown(enriched: DataRoot) -> None:
    result = dg.materialize(
        [coverage, *coverage_inputs()],
        selection=[coverage],
        resources={"archive": ArchiveResource(root=str(enriched.paths.root))},
    )

    (event,) = result.asset_materializations_for_node("coverage")
    assert "data:image/png;base64" in str(event.metadata["report"].value)
    assert enriched.tables.read(COVERAGE, Coverage).height == len(UPSTREAM)
    assert set(enriched.tables.read(COVERAGE_BY, CoverageBy)["product"]) > {
        product.name for product in ENRICHMENTS
    }
    assert enriched.paths.coverage_page.read_text().startswith("<!doctype html>")


def coverage_inputs() -> list[dg.AssetSpec]:
    keys: set[AssetKey] = {dep.asset_key for spec in coverage.specs for dep in spec.deps}
    return [dg.AssetSpec(key) for key in keys]


def test_the_sensor_is_off_until_it_is_turned_on() -> None:
    assert coverage_sensor.default_status == dg.DefaultSensorStatus.STOPPED


def test_the_sensor_requests_days_that_lack_a_product_once(enriched: DataRoot) -> None:
    assert not evaluate(coverage_sensor, enriched).run_requests
    for file in (enriched.paths.tables / EXIF.name).iterdir():
        file.unlink()

    first = evaluate(coverage_sensor, enriched)

    (request,) = first.run_requests or []
    assert request.tags["dagster/asset_partition_range_start"] == DAYS[0]
    assert request.tags["dagster/asset_partition_range_end"] == DAYS[-1]
    assert not evaluate(coverage_sensor, enriched, first.cursor).run_requests


def test_the_sensor_keeps_to_its_budget(enriched: DataRoot) -> None:
    file = enriched.paths.root / "flux.yaml"
    file.write_text(f"{file.read_text()}coverage: {{runs_per_hour: 1}}\n")
    (enriched.paths.tables / EXIF.name / f"day={DAYS[0]}.parquet").unlink()
    first = evaluate(coverage_sensor, enriched)
    (enriched.paths.tables / EXIF.name / f"day={DAYS[-1]}.parquet").unlink()

    second = evaluate(coverage_sensor, enriched, first.cursor)

    assert len(json.loads(first.cursor or "[]")) == 1
    assert not second.run_requests
    assert "used up" in str(second.skip_reason)
