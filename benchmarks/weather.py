"""Requests and seconds for the weather of a whole archive, asked from a local server.

    .venv/bin/python -m benchmarks.weather [--photographs 400000]

Four years, in ranges of 60 days as the graph runs them: a city of several cells, and a week away
in every ten. Beside the second pass, which the cache answers, stands its floor: reading the cache's
files and joining the hours, nothing else.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from flux_assets.metadata.weather import needed_hours, weather_rows
from flux_resources.tables import TableStore
from flux_resources.weather.cache import WeatherCache
from flux_resources.weather.calls import CELL
from flux_resources.weather.open_meteo import OpenMeteo
from flux_resources.weather.source import WeatherSource
from flux_tests.resources.open_meteo_server import OpenMeteoServer, serving

_DAYS, _RANGE = 1400, 60


def main() -> None:
    """Print what both passes cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=int, default=400_000)
    photographs = _archive(parser.parse_args().photographs)
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        print(f"{photographs.height} photographs, {_DAYS} days")
        cold = _timed(lambda: _run(server, Path(folder), photographs))
        places = sum(asked["latitude"].count(",") + 1 for asked in server.asked)
        print(f"first pass   {cold:6.1f} s, {len(server.asked)} requests for {places} places")
        warm = _timed(lambda: _run(server, Path(folder), photographs))
        print(f"second pass  {warm:6.2f} s, {len(server.asked)} requests in all")
        floor = _timed(lambda: _bare(Path(folder), photographs))
        files = [*Path(folder).rglob("*.parquet")]
        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"its floor    {floor:6.2f} s, ratio {warm / floor:.1f}")
        print(f"the cache    {size:6.2f} MB in {len(files)} files")
        print("limits of the public service: 600 places a minute, 5,000 an hour, 10,000 a day")


def _archive(photographs: int) -> pl.DataFrame:
    random = np.random.default_rng(0)
    day = np.sort(random.integers(0, _DAYS, photographs))
    away = day // 7 % 10 == 3
    at = np.timedelta64(1, "s") * random.integers(12 * 3600, 24 * 3600, photographs)
    return pl.DataFrame(
        {
            "photo_id": np.arange(photographs).astype(str),
            "lat": np.where(away, 35 + day // 70, 40.7) + random.normal(0, 0.03, photographs),
            "lon": np.where(away, 10 + day // 70, -74) + random.normal(0, 0.03, photographs),
            "resolved_at_utc": np.datetime64("2022-01-01", "ms")
            + np.timedelta64(1, "D") * day
            + at,
        }
    ).with_columns(day=pl.col("resolved_at_utc").dt.strftime("%Y-%m-%d"))


def _run(server: OpenMeteoServer, folder: Path, photographs: pl.DataFrame) -> None:
    first = datetime(2022, 1, 1)
    for start in range(0, _DAYS, _RANGE):
        begin = first + timedelta(days=start)
        part = photographs.filter(
            pl.col("resolved_at_utc").is_between(
                begin, begin + timedelta(days=_RANGE), closed="left"
            )
        )
        source = WeatherSource(
            OpenMeteo(server.url), WeatherCache(TableStore(folder)), recent_for=timedelta(hours=6)
        )
        rows = weather_rows(part, source.ask(needed_hours(part)))
        assert rows["weather"].null_count() == 0


def _bare(folder: Path, photographs: pl.DataFrame) -> None:
    hours = pl.read_parquet(folder / "weather_cache" / "*.parquet")
    photographs.select(
        (pl.col("lat") * 10).round().cast(pl.Int16).alias(CELL[0]),
        (pl.col("lon") * 10).round().cast(pl.Int16).alias(CELL[1]),
        pl.col("resolved_at_utc").dt.truncate("1h").alias("hour"),
    ).join(hours, on=[*CELL, "hour"], how="left")


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
