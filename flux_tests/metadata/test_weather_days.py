"""The weather of a range of days is brought up to date, with as few requests as can be."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flux_assets.metadata.weather import WEATHER, WeatherDayReport, WeatherRange
from flux_resources.tables import TableStore
from flux_resources.weather.cache import WeatherCache
from flux_resources.weather.open_meteo import OpenMeteo
from flux_resources.weather.source import WeatherSource
from flux_tests.resources.open_meteo_server import (
    NOTHING,
    OpenMeteoServer,
    changing_sky,
    refusing,
    serving,
)

DAYS = ["2024-03-09", "2024-03-10", "2024-03-11"]
CITIES = ((40.7449, -74.0289), (52.52, 13.405))


class Archive:
    """Three days with four photographs each, and the tables of an archive."""

    def __init__(self, folder: Path, server: OpenMeteoServer) -> None:
        self.tables = TableStore(folder)
        self.server = server
        self.now = datetime(2024, 5, 1, tzinfo=UTC)
        self.fingerprint = "1"

    def inputs(self, day: str) -> pl.DataFrame:
        noon = datetime.combine(date.fromisoformat(day), datetime.min.time()).replace(hour=12)
        return pl.DataFrame(
            {
                "photo_id": [f"{day}_{number}" for number in range(4)],
                "lat": [CITIES[0][0], CITIES[0][0], CITIES[1][0], None],
                "lon": [CITIES[0][1], CITIES[0][1], CITIES[1][1], None],
                "resolved_at_utc": [noon + timedelta(minutes=20 * n) for n in range(4)],
                "fingerprint": [self.fingerprint] * 4,
            },
            schema_overrides={"resolved_at_utc": pl.Datetime("ms")},
        )

    def run(
        self, *, on: bool = True, inputs: Callable[[str], pl.DataFrame] | None = None
    ) -> list[WeatherDayReport]:
        source = WeatherSource(
            OpenMeteo(self.server.url, sleep=lambda _: None),
            WeatherCache(self.tables),
            recent_for=timedelta(hours=6),
            now=lambda: self.now,
        )
        weather = WeatherRange(self.tables, source if on else None)
        return list(weather.refresh(DAYS, inputs or self.inputs))

    def rows(self) -> pl.DataFrame:
        return self.tables.scan(WEATHER.name, WEATHER.schema).collect()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with serving() as server:
        yield Archive(tmp_path, server)


def test_a_range_of_days_is_one_request(archive: Archive) -> None:
    reports = archive.run()

    assert len(archive.server.asked) == 1
    assert [report.day for report in reports] == DAYS
    assert [report.requests for report in reports] == [1, 1, 1]
    assert [report.hours_from_cache for report in reports] == [0, 0, 0]
    assert archive.rows()["weather"].null_count() == 3  # one a day has no position


def test_a_second_run_computes_nothing(archive: Archive) -> None:
    archive.run()

    assert [report.computed for report in archive.run()] == [0, 0, 0]
    assert len(archive.server.asked) == 1


def test_changed_photographs_are_answered_from_the_cache(archive: Archive) -> None:
    archive.run()
    archive.fingerprint = "2"

    reports = archive.run()

    assert [report.computed for report in reports] == [4, 4, 4]
    assert [report.requests for report in reports] == [0, 0, 0]
    assert [report.hours_from_cache for report in reports] == [4, 4, 4]  # 12 and 13 h, two cells
    assert len(archive.server.asked) == 1


def test_offline_is_pending_and_not_failed(archive: Archive) -> None:
    archive.server.replies = [refusing(503)] * 4

    reports = archive.run()

    rows = archive.rows()
    assert [(report.failed, report.pending) for report in reports] == [(0, 3)] * 3
    assert rows["error"].null_count() == rows.height
    placed = rows.filter(~pl.col("photo_id").str.ends_with("_3"))
    assert placed["pending"].str.starts_with("weather service answered HTTP 503: ").all()
    assert placed["fingerprint"].null_count() == 9
    unplaced = rows.filter(pl.col("photo_id").str.ends_with("_3"))
    assert unplaced["pending"].null_count() == unplaced["fingerprint"].count() == 3


def test_a_later_run_fills_what_was_pending(archive: Archive) -> None:
    archive.server.replies = [refusing(503)] * 4
    archive.run()

    reports = archive.run()

    assert [(report.computed, report.pending) for report in reports] == [(3, 0)] * 3
    assert archive.rows()["pending"].null_count() == 12


def test_what_the_archive_does_not_have_yet_is_pending_until_it_settles(archive: Archive) -> None:
    archive.now = datetime(2024, 3, 12, tzinfo=UTC)
    archive.server.sky = lambda lat, lon, hour: (
        changing_sky(lat, lon, hour) if hour.day < 11 else NOTHING
    )
    assert [report.pending for report in archive.run()] == [0, 0, 3]

    archive.now += timedelta(days=1)
    assert [report.computed for report in archive.run()] == [0, 0, 3]

    archive.now += timedelta(days=30)
    assert [report.pending for report in archive.run()] == [0, 0, 0]
    assert archive.rows()["weather"].null_count() == 3 + 3


def test_turned_off_rows_are_empty_and_done(archive: Archive) -> None:
    reports = archive.run(on=False)

    rows = archive.rows()
    assert archive.server.asked == []
    assert [(report.photographs, report.pending, report.failed) for report in reports] == (
        [(4, 0, 0)] * 3
    )
    assert rows["weather"].null_count() == rows["fingerprint"].count() == 12
    assert [report.computed for report in archive.run(on=False)] == [0, 0, 0]


def test_turned_on_again_rows_are_filled(archive: Archive) -> None:
    archive.run(on=False)

    archive.run()

    assert archive.rows()["weather"].count() == 9


def test_times_may_name_their_zone(archive: Archive) -> None:
    def aware(day: str) -> pl.DataFrame:
        return archive.inputs(day).with_columns(
            pl.col("resolved_at_utc").dt.replace_time_zone("UTC")
        )

    archive.run(inputs=aware)

    assert archive.rows()["observed_at"].dt.hour().drop_nulls().unique().to_list() == [12]


def test_days_without_photographs_are_written_empty(archive: Archive) -> None:
    reports = archive.run(inputs=lambda day: archive.inputs(day).clear())

    assert [report.photographs for report in reports] == [0, 0, 0]
    assert all(archive.tables.has_day(WEATHER.name, day) for day in DAYS)
    assert archive.server.asked == []
