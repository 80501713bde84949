"""Weather in the graph: offline it waits, and a schedule fills it later."""

from collections.abc import Iterator

import dagster as dg
import polars as pl
import pytest

from flux_assets.automation import catch_up_schedule
from flux_assets.definitions import build_defs
from flux_assets.metadata.weather import WEATHER
from flux_assets.publishing.coverage.measure import measure_coverage
from flux_assets.unfinished import unfinished_days, waiting_days
from flux_resources import resources
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource
from flux_tests.conftest import SETTINGS
from flux_tests.graph.conftest import DAYS, Run, start
from flux_tests.resources.open_meteo_server import OpenMeteoServer, refusing, serving


@pytest.fixture
def server() -> Iterator[OpenMeteoServer]:
    with serving() as server:
        yield server


@pytest.fixture
def offline(enriched: DataRoot, server: OpenMeteoServer, run: Run) -> DataRoot:
    """An archive that was materialized while the service refused to answer."""
    (enriched.paths.root / "flux.yaml").write_text(_settings(server))
    server.replies += [refusing(429, "Daily API request limit exceeded.")]
    assert run("weather", first=DAYS[0], last=DAYS[-1]).success
    return enriched


def _settings(server: OpenMeteoServer) -> str:
    return SETTINGS.replace("{enabled: false}", f"{{url: {server.url!r}}}")


def _weather(archive: DataRoot) -> pl.DataFrame:
    return archive.tables.scan(WEATHER.name, WEATHER.schema).collect()


def _scheduled(archive: DataRoot) -> list[dg.RunRequest]:
    context = dg.build_schedule_context(
        resources={"archive": ArchiveResource(root=str(archive.paths.root))},
        repository_def=build_defs().get_repository_def(),
    )
    return list(catch_up_schedule.evaluate_tick(context).run_requests or [])


def test_without_the_service_rows_wait_with_the_reason_and_nothing_fails(offline: DataRoot) -> None:
    rows = _weather(offline)

    assert rows["error"].count() == 0
    assert rows["pending"].count() == rows["fingerprint"].null_count() == 6
    counted = measure_coverage(offline).products.rows_by_key("product", named=True, unique=True)
    assert (counted["weather"]["waiting"], counted["weather"]["failed"]) == (6, 0)
    assert waiting_days(offline.tables) == list(DAYS)
    assert unfinished_days(offline.tables) == []


def test_a_schedule_fills_what_waits_and_then_rests(
    offline: DataRoot, server: OpenMeteoServer, instance: dg.DagsterInstance
) -> None:
    (request,) = _scheduled(offline)
    resources._weather.cache_clear()  # as in the process of a later run
    assert start(request, "catch_up", offline, instance)

    rows = _weather(offline)
    assert rows["pending"].count() == 0
    assert rows["weather"].count() == 6
    assert _scheduled(offline) == []


def test_a_day_says_how_many_requests_it_made_and_saved(
    enriched: DataRoot, server: OpenMeteoServer, run: Run
) -> None:
    (enriched.paths.root / "flux.yaml").write_text(_settings(server))

    result = run("weather", first=DAYS[0], last=DAYS[-1])

    numbers = {
        event.partition: event.metadata
        for event in result.asset_materializations_for_node("weather")
    }
    assert numbers[DAYS[0]]["requests"].value == 1
    assert numbers[DAYS[0]]["hours_from_cache"].value == 0
    assert len(server.asked) == 1
