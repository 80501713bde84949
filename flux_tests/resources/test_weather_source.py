"""Weather comes from the cache, else from the service, else with a reason."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flux_resources.settings_sections import WeatherSettings
from flux_resources.tables import TableStore
from flux_resources.weather.cache import WeatherCache
from flux_resources.weather.open_meteo import OpenMeteo
from flux_resources.weather.source import WeatherAnswer, WeatherSource
from flux_tests.resources.open_meteo_server import (
    NOTHING,
    OpenMeteoServer,
    refusing,
    saying,
    serving,
)

NOON = datetime(2024, 3, 10, 12)
NEW_YORK = (407, -740)


class Bench:
    """A service, a cache and a clock; `run` opens a new source, as every run does."""

    def __init__(self, server: OpenMeteoServer, folder: Path) -> None:
        self.server = server
        self.now = datetime(2024, 5, 1, 12, tzinfo=UTC)
        self._cache = WeatherCache(TableStore(folder))

    def run(self) -> WeatherSource:
        return WeatherSource(
            OpenMeteo(self.server.url, sleep=lambda _: None),
            self._cache,
            recent_for=timedelta(hours=6),
            now=lambda: self.now,
        )

    def ask(self, *hours: datetime) -> WeatherAnswer:
        return self.run().ask(needed(hours))


def needed(hours: Iterable[datetime], cell: tuple[int, int] = NEW_YORK) -> pl.DataFrame:
    schema = pl.Schema({"cell_lat": pl.Int16(), "cell_lon": pl.Int16(), "hour": pl.Datetime("ms")})
    return pl.DataFrame([(*cell, hour) for hour in hours], schema=schema, orient="row")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with serving() as server:
        yield Bench(server, tmp_path)


def _reasons(answer: WeatherAnswer) -> list[str | None]:
    return answer.days.sort("day")["reason"].to_list()


def test_settled_days_are_asked_for_once(bench: Bench) -> None:
    first = bench.ask(NOON)
    bench.now += timedelta(days=400)
    second = bench.ask(NOON, NOON + timedelta(hours=1))

    assert len(bench.server.asked) == 1
    assert first.hours["temperature_c"].to_list() == [41.9]
    assert second.hours.sort("hour")["temperature_c"].to_list() == [41.9, 42.0]
    assert first.days.select("call", "cached").rows() == [(1, False)]
    assert second.days.select("call", "cached").rows() == [(None, True)]


def test_the_last_five_days_are_asked_for_again_after_a_while(bench: Bench) -> None:
    recent = datetime(2024, 4, 30, 12)
    for minutes in (0, 359, 361):
        bench.now = datetime(2024, 5, 1, 12, tzinfo=UTC) + timedelta(minutes=minutes)
        bench.ask(recent)

    assert len(bench.server.asked) == 2


def test_what_is_missing_in_a_settled_day_stays_missing(bench: Bench) -> None:
    bench.server.sky = lambda lat, lon, hour: NOTHING

    answer = bench.ask(NOON)

    assert answer.hours["wmo_code"].to_list() == [None]
    assert _reasons(answer) == [None]


def test_what_is_missing_in_the_last_five_days_may_yet_come(bench: Bench) -> None:
    bench.server.sky = lambda lat, lon, hour: NOTHING

    answer = bench.ask(datetime(2024, 4, 26, 12), datetime(2024, 5, 1, 12))

    assert [str(reason)[:20] for reason in _reasons(answer)] == ["weather archive lags"] * 2


def test_a_service_that_failed_is_not_asked_again_in_the_same_run(bench: Bench) -> None:
    bench.server.replies = [refusing(503)] * 4
    run = bench.run()

    first = run.ask(needed([NOON]))
    second = run.ask(needed([NOON - timedelta(days=200)]))

    assert len(bench.server.asked) == 4
    assert first.days["call"].to_list() == [1]
    assert second.days["call"].to_list() == [None]
    assert _reasons(first) == _reasons(second)
    assert str(_reasons(first)[0]).startswith("weather service answered HTTP 503: ")


def test_the_next_run_asks_for_what_is_missing(bench: Bench) -> None:
    bench.server.replies = [saying(lambda good: good[:100])] * 4
    bench.ask(NOON)

    answer = bench.ask(NOON)

    assert answer.hours.height == 1
    assert _reasons(answer) == [None]


def test_a_refused_call_does_not_stop_the_others(bench: Bench) -> None:
    bench.server.replies = [refusing(400, "no data for this place")]
    run = bench.run()

    refused = run.ask(needed([NOON]))
    other = run.ask(needed([NOON], cell=(525, 134)))

    assert _reasons(refused) == ["weather service answered HTTP 400: no data for this place"]
    assert _reasons(other) == [None]
    assert other.hours.height == 1


def test_known_hours_answer_while_the_service_is_away(bench: Bench) -> None:
    recent = datetime(2024, 4, 30, 12)
    bench.ask(recent)
    bench.now += timedelta(hours=7)
    bench.server.replies = [refusing(503)] * 4

    answer = bench.ask(recent)

    assert answer.hours["temperature_c"].to_list() == [41.9]


def test_days_that_the_archive_cannot_have_are_not_asked_for(bench: Bench) -> None:
    answer = bench.ask(datetime(1939, 12, 31, 12), datetime(2024, 5, 2), datetime(2216, 1, 1))

    assert bench.server.asked == []
    assert _reasons(answer)[0] is None
    assert all(str(reason).startswith("weather of the future") for reason in _reasons(answer)[1:])


def test_nothing_needed_asks_nobody(bench: Bench) -> None:
    answer = bench.ask()

    assert (answer.hours.height, answer.days.height) == (0, 0)
    assert (answer.hours.schema, answer.days.schema) == (
        WeatherAnswer.nothing().hours.schema,
        WeatherAnswer.nothing().days.schema,
    )


def test_many_cells_are_one_request(bench: Bench) -> None:
    cells = [(400 + number, 100) for number in range(40)]

    answer = bench.run().ask(pl.concat([needed([NOON], cell) for cell in cells]))

    assert len(bench.server.asked) == 1
    assert answer.hours.height == 40


def test_settings_open_the_source_or_turn_it_off(tmp_path: Path) -> None:
    tables = TableStore(tmp_path)

    assert WeatherSource.open(WeatherSettings(enabled=False), tables) is None
    with serving() as server:
        source = WeatherSource.open(WeatherSettings(url=server.url), tables)
        assert source is not None
        assert source.ask(needed([NOON])).hours.height == 1
    assert server.asked[0]["start_date"] == "2024-03-10"
