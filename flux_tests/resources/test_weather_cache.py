"""Hours that were fetched are kept: for good, or for a while."""

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flux_resources.tables import TableStore
from flux_resources.weather.cache import WeatherCache

DAY = date(2024, 3, 10)
LATER = datetime(2024, 5, 1, 12)
CELL = (407, -740)


def _hours(
    *days: date, temperature: float | None = 7.5, cell: tuple[int, int] = CELL
) -> pl.DataFrame:
    rows = [
        (*cell, datetime.combine(day, datetime.min.time()) + timedelta(hours=hour), 3, temperature)
        for day in days
        for hour in range(24)
    ]
    return pl.DataFrame(
        rows,
        schema={
            "cell_lat": pl.Int16,
            "cell_lon": pl.Int16,
            "hour": pl.Datetime("ms"),
            "wmo_code": pl.Int16,
            "temperature_c": pl.Float64,
        },
        orient="row",
    ).with_columns(precipitation_mm=pl.lit(0.0))


def _days(*days: date, cell: tuple[int, int] = CELL) -> pl.DataFrame:
    return pl.DataFrame(
        [(*cell, day) for day in days],
        schema={"cell_lat": pl.Int16, "cell_lon": pl.Int16, "day": pl.Date},
        orient="row",
    )


@pytest.fixture
def cache(tmp_path: Path) -> WeatherCache:
    return WeatherCache(TableStore(tmp_path))


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "weather_cache").iterdir())


def test_what_was_added_is_read(cache: WeatherCache) -> None:
    new_year, eve = date(2024, 1, 1), date(2023, 12, 31)
    cache.add(_hours(eve, new_year), LATER)

    assert cache.read(_days(eve, new_year)).height == 48
    assert cache.read(_days(new_year)).height == 24
    assert cache.read(_days(DAY)).height == 0
    assert cache.read(_days(new_year, cell=(408, -740))).height == 0
    assert cache.read(_days()).height == 0


@pytest.mark.parametrize(("age", "settled"), [(5, False), (6, True)])
def test_a_day_settles_after_five_days(cache: WeatherCache, age: int, settled: bool) -> None:
    cache.add(_hours(DAY), datetime(2024, 3, 10, 1) + timedelta(days=age))

    assert cache.read(_days(DAY))["settled"].unique().to_list() == [settled]


def test_an_unsettled_day_is_replaced(cache: WeatherCache) -> None:
    cache.add(_hours(DAY, temperature=None), datetime(2024, 3, 11))
    cache.add(_hours(DAY, temperature=9.5), datetime(2024, 3, 12))

    assert cache.read(_days(DAY))["temperature_c"].unique().to_list() == [9.5]


def test_a_settled_day_stays_as_it_is(cache: WeatherCache) -> None:
    cache.add(_hours(DAY, temperature=9.5), LATER)
    cache.add(_hours(DAY, temperature=None), LATER + timedelta(days=1))

    assert cache.read(_days(DAY))["temperature_c"].unique().to_list() == [9.5]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"no Parquet at all",
        lambda whole: whole[:40] + bytes(200) + whole[240:],
    ],
)
def test_a_damaged_file_is_as_good_as_none(
    tmp_path: Path, cache: WeatherCache, damage: Callable[[bytes], bytes]
) -> None:
    cache.add(_hours(DAY), LATER)
    (file,) = _files(tmp_path)
    file.write_bytes(damage(file.read_bytes()))

    assert cache.read(_days(DAY)).height == 0

    cache.add(_hours(DAY), LATER)
    assert cache.read(_days(DAY)).height == 24


def test_a_file_of_another_shape_is_as_good_as_none(tmp_path: Path, cache: WeatherCache) -> None:
    (tmp_path / "weather_cache").mkdir()
    pl.DataFrame({"hour": ["noon"]}).write_parquet(tmp_path / "weather_cache" / "2024-03.parquet")

    assert cache.read(_days(DAY)).height == 0


def test_a_write_that_is_cut_short_leaves_the_old_file(
    tmp_path: Path, cache: WeatherCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.add(_hours(DAY), LATER)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        cache.add(_hours(DAY + timedelta(days=1)), LATER)
    monkeypatch.undo()

    assert cache.read(_days(DAY, DAY + timedelta(days=1))).height == 24
    assert [file.name for file in _files(tmp_path)] == ["2024-03.parquet"]
