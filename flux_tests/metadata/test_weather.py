"""A photograph has the weather of its hour, in the right time zone."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import nan
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from flux_assets.metadata.weather import Weather, needed_hours, weather_rows
from flux_resources.tables import TableStore
from flux_resources.weather.cache import WeatherCache
from flux_resources.weather.open_meteo import OpenMeteo
from flux_resources.weather.source import WeatherAnswer, WeatherSource
from flux_tests.resources.open_meteo_server import OpenMeteoServer, Sky, Values, serving

HOBOKEN = (40.744912, -74.028931)
BERLIN = (52.520008, 13.404954)
NEW_YORK_TIME = ZoneInfo("America/New_York")


@pytest.fixture
def server() -> Iterator[OpenMeteoServer]:
    with serving() as server:
        yield server


def _photographs(*rows: tuple[float | None, float | None, datetime | None]) -> pl.DataFrame:
    """Photographs `0`, `1`, ... with latitude, longitude and an aware time."""
    return pl.DataFrame(
        [
            ("2024-03-10", str(number), lat, lon, at and at.astimezone(UTC).replace(tzinfo=None))
            for number, (lat, lon, at) in enumerate(rows)
        ],
        schema={
            "day": pl.String,
            "photo_id": pl.String,
            "lat": pl.Float64,
            "lon": pl.Float64,
            "resolved_at_utc": pl.Datetime("ms"),
        },
        orient="row",
    )


def _weather(
    server: OpenMeteoServer, folder: Path, photographs: pl.DataFrame
) -> list[dict[str, Any]]:
    source = WeatherSource(
        OpenMeteo(server.url, sleep=lambda _: None),
        WeatherCache(TableStore(folder)),
        recent_for=timedelta(hours=6),
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )
    rows = weather_rows(photographs, source.ask(needed_hours(photographs)))
    return rows.sort("photo_id").to_dicts()


def _archive(file: Path, *, code: int | None, celsius: int, mm: int) -> Sky:
    """The sky of an archive export, by columns of its hourly table.

    Its times have the one UTC offset of its head, summer and winter.
    """
    with file.open(encoding="utf-8") as lines:
        table = [*csv.reader(lines)]
    offset = timedelta(seconds=int(table[1][3]))
    metric = "(°C)" in table[3][celsius]
    hours: dict[datetime, Values] = {}
    for row in table[4:]:
        at = (datetime.fromisoformat(row[0]) - offset).replace(tzinfo=UTC)
        degrees, fallen = float(row[celsius]), float(row[mm])
        hours[at] = (
            nan if code is None else float(row[code]),
            degrees if metric else (degrees - 32) / 1.8,
            fallen if metric else fallen * 25.4,
        )
    return lambda lat, lon, hour: hours.get(hour, (nan, nan, nan))


@pytest.fixture
def new_york_2024(real_photographs: Path, server: OpenMeteoServer) -> OpenMeteoServer:
    folder = real_photographs / "weather" / "archive-csv" / "willmeyers"
    server.sky = _archive(folder / "open-meteo-40.74N74.04W51m.csv", code=5, celsius=1, mm=4)
    server.snap = lambda lat, lon: (40.738136, -74.04254)
    return server


def test_the_hour_is_right_on_both_sides_of_a_clock_change(
    new_york_2024: OpenMeteoServer, tmp_path: Path
) -> None:
    """In UTC-4, the export's own time: winter's 0:40 is hour 1, summer's 0:40 is hour 0."""
    winter, summer = (datetime(2024, 3, day, 0, 40, tzinfo=NEW_YORK_TIME) for day in (10, 11))

    rows = _weather(new_york_2024, tmp_path, _photographs((*HOBOKEN, winter), (*HOBOKEN, summer)))

    assert rows[0]["observed_at"] == datetime(2024, 3, 10, 5)  # the row 2024-03-10T01:00
    assert (rows[0]["weather"], rows[0]["wmo_code"]) == ("rain", 63)
    assert rows[0]["temperature_c"] == pytest.approx((48.7 - 32) / 1.8, abs=0.01)
    assert rows[1]["observed_at"] == datetime(2024, 3, 11, 4)  # the row 2024-03-11T00:00


def test_the_hour_that_the_clock_skips_is_no_gap(
    new_york_2024: OpenMeteoServer, tmp_path: Path
) -> None:
    before, after = (
        datetime(2024, 3, 10, 1, 59, tzinfo=NEW_YORK_TIME),
        datetime(2024, 3, 10, 3, 1, tzinfo=NEW_YORK_TIME),
    )

    rows = _weather(new_york_2024, tmp_path, _photographs((*HOBOKEN, before), (*HOBOKEN, after)))

    assert [row["observed_at"].hour for row in rows] == [6, 7]
    assert [row["wmo_code"] for row in rows] == [3, 3]  # the rows 02:00 and 03:00
    assert [row["temperature_c"] for row in rows] == [
        pytest.approx((49.3 - 32) / 1.8, abs=0.01),
        pytest.approx((48.9 - 32) / 1.8, abs=0.01),
    ]


def test_precipitation_is_that_of_the_hour_of_capture(
    new_york_2024: OpenMeteoServer, tmp_path: Path
) -> None:
    """It rained 0.193 inch until 1:00 in UTC-4, which the export stamps 01:00."""
    raining = datetime(2024, 3, 10, 4, 30, tzinfo=UTC)

    (row,) = _weather(new_york_2024, tmp_path, _photographs((*HOBOKEN, raining)))

    assert row["precipitation_mm"] == pytest.approx(0.193 * 25.4, abs=0.01)
    assert row["wmo_code"] == 65  # as stamped 00:00


def test_summer_in_an_export_made_in_winter(
    real_photographs: Path, server: OpenMeteoServer, tmp_path: Path
) -> None:
    folder = real_photographs / "weather" / "archive-csv" / "kenomysz"
    server.sky = _archive(folder / "open-meteo-40.74N74.04W11m.csv", code=5, celsius=1, mm=3)

    (row,) = _weather(
        server,
        tmp_path,
        _photographs((*HOBOKEN, datetime(2025, 9, 1, 2, 15, tzinfo=NEW_YORK_TIME))),
    )

    assert row["temperature_c"] == 18.0  # the row 2025-09-01T01:00, UTC-5
    assert row["weather"] == "overcast"


def test_a_variable_that_the_archive_lacks_is_null_and_done(
    real_photographs: Path, server: OpenMeteoServer, tmp_path: Path
) -> None:
    folder = real_photographs / "weather" / "archive-csv" / "rajeshree11"
    server.sky = _archive(folder / "open-meteo-52.55N13.41E38m.csv", code=None, celsius=1, mm=2)
    server.snap = lambda lat, lon: (52.54833, 13.407822)

    (row,) = _weather(
        server, tmp_path, _photographs((*BERLIN, datetime(2025, 5, 16, 0, 20, tzinfo=UTC)))
    )

    assert (row["weather"], row["wmo_code"]) == (None, None)
    assert (row["temperature_c"], row["precipitation_mm"]) == (9.7, 0.1)
    assert (row["pending"], row["retry"]) == (None, False)


def test_the_last_hour_of_a_day_takes_its_rain_from_the_next(
    server: OpenMeteoServer, tmp_path: Path
) -> None:
    server.sky = lambda lat, lon, hour: (3, 5, 7 if hour.day == 11 and hour.hour == 0 else 0)

    (row,) = _weather(
        server, tmp_path, _photographs((*BERLIN, datetime(2024, 3, 10, 23, 30, tzinfo=UTC)))
    )

    assert row["precipitation_mm"] == 7
    assert (server.asked[0]["start_date"], server.asked[0]["end_date"]) == (
        "2024-03-10",
        "2024-03-11",
    )


def test_a_session_of_200_frames_is_one_request(server: OpenMeteoServer, tmp_path: Path) -> None:
    start = datetime(2024, 3, 10, 20, tzinfo=UTC)
    frames = [(40.71 + n / 10_000, -74.0, start + timedelta(minutes=2 * n)) for n in range(200)]

    rows = _weather(server, tmp_path, _photographs(*frames))

    assert len(server.asked) == 1
    assert all(row["weather"] for row in rows)


def test_the_exact_position_never_leaves_the_machine(
    server: OpenMeteoServer, tmp_path: Path
) -> None:
    at = datetime(2024, 3, 10, 12, tzinfo=UTC)

    _weather(server, tmp_path, _photographs((*HOBOKEN, at), (-33.868812, 151.209312, at)))

    (asked,) = server.asked
    places = sorted(zip(asked["latitude"].split(","), asked["longitude"].split(","), strict=True))
    assert places == [("-33.9", "151.2"), ("40.7", "-74.0")]
    assert set(server.headers[0]) <= {
        *("Host", "User-Agent", "Accept-Encoding", "Accept", "Connection")
    }


def test_without_position_or_time_there_is_no_weather(
    server: OpenMeteoServer, tmp_path: Path
) -> None:
    at = datetime(2024, 3, 10, 12, tzinfo=UTC)

    rows = _weather(server, tmp_path, _photographs((None, None, at), (*BERLIN, None), (91, 0, at)))

    assert server.asked == []
    for row in rows:
        assert {row[name] for name in row if name not in ("day", "photo_id", "retry")} == {None}
        assert row["retry"] is False


def test_an_unknown_code_is_kept_as_a_number(server: OpenMeteoServer, tmp_path: Path) -> None:
    server.sky = lambda lat, lon, hour: (42, 5, 0)

    (row,) = _weather(
        server, tmp_path, _photographs((*BERLIN, datetime(2024, 3, 10, 12, tzinfo=UTC)))
    )

    assert (row["weather"], row["wmo_code"], row["wmo_description"]) == ("42", 42, None)


def test_no_photographs_are_no_rows() -> None:
    rows = weather_rows(_photographs(), WeatherAnswer.nothing())

    assert rows.height == 0
    assert set(Weather.column_names()) - {"fingerprint"} <= set(rows.columns)
