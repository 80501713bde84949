"""Milliseconds to read a question, and to find the photographs that pass its filters.

    .venv/bin/python -m benchmarks.language [--photographs 400000]

Questions are the tests' kind, against a table `photos` of four years in 304 cities, a third of it
without GPS. The floor beside each filter is DuckDB counting one comparison of the column read.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from flux_assets.publishing.photos import Photos, publish_photos
from flux_assets.search.conditions import passing
from flux_assets.search.language.planner import plan_question
from flux_assets.search.language.vocabulary import Vocabulary, read_vocabulary
from flux_assets.search.published import Published
from flux_resources.data_root import DataRoot
from flux_resources.paths import Paths
from flux_resources.settings_sections import SearchSettings

_TODAY = date(2026, 6, 1)
_TAGS = ("fog", "rain", "snow", "night", "silhouette", "umbrella", "street", "cat", "dog")
_WEATHER = ("clear", "rain", "fog", "overcast", "partly cloudy", "snow", None)
_FLOOR = {
    "captured_at": "captured_at < TIMESTAMP '2022-01-02'",
    "lat": "lat < -89",
    "text": "location_city = 'Nowhere'",
    "tags": "contains(tags, 'nothing')",
}
_QUESTIONS = (
    ("in 2023", "captured_at"),
    ("from winter 2022", "captured_at"),
    ("from winter 2022 in Rome", "captured_at"),
    ("in winter", "captured_at"),
    ("in March", "captured_at"),
    ("on Sundays", "captured_at"),
    ("at night", "captured_at"),
    ("in Rome", "text"),
    ("not in Rome", "text"),
    ("in Italy", "text"),
    ("in foggy weather", "text"),
    ("with the GR IIIx", "text"),
    ("keepers", "text"),
    ("within one block of 40th and Walnut", "lat"),
    ("tagged umbrella", "tags"),
    ("keepers from Rome in winter 2022 at night with the GR IIIx tagged umbrella", "tags"),
)


def main() -> None:
    """Print milliseconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=int, default=400_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = DataRoot.open(Path(folder)).paths
        publish_photos(_photos(options.photographs), paths)
        _measure(paths)


def _measure(paths: Paths) -> None:
    opening = _ms(lambda: duckdb.connect(str(paths.duckdb), read_only=True).close())
    with duckdb.connect(str(paths.duckdb), read_only=True) as database:

        def count(condition: str, values: list[object] | None = None) -> float:
            query = f"SELECT count(*) FROM photos WHERE {condition}"
            return _ms(lambda: database.execute(query, values or []).fetchall())

        known = _vocabulary(paths)
        print(f"opening flux.duckdb          {opening:6.1f} ms")
        print(f"vocabulary, once it is open  {_ms(lambda: _vocabulary(paths)):6.1f} ms")
        each = [_ms(partial(plan_question, question, known)) for question, _ in _QUESTIONS]
        print(f"reading a question           {np.mean(each):6.1f} ms, at most {max(each):.1f}")
        print(f"\n{'filter':76} {'ms':>6} {'floor':>6} {'ratio':>6}")
        for question, column in _QUESTIONS:
            floor = count(_FLOOR[column])
            found = count(*passing(plan_question(question, known)))
            print(f"{question:76} {found:6.1f} {floor:6.1f} {found / floor:6.1f}")


def _vocabulary(paths: Paths) -> Vocabulary:
    published = Published(paths.duckdb)
    return read_vocabulary(published, SearchSettings(), today=_TODAY, tags=_TAGS)


def _ms(run: Callable[[], object], times: int = 9) -> float:
    """The median of some runs."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds))


def _photos(count: int) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    cities = [f"City {n}" for n in range(300)] + ["Rome", "Philadelphia", "Tokyo", "Sydney"]
    countries = [f"Country {n % 40}" for n in range(300)]
    countries += ["Italy", "United States", "Japan", "Australia"]
    lat = np.append(rng.uniform(-40, 60, 300), [41.9, 39.9537, 35.66, -33.87])
    lon = np.append(rng.uniform(-180, 180, 300), [12.5, -75.2036, 139.7, 151.2])
    city = 303 - np.minimum(rng.zipf(1.3, count) - 1, 303)
    known = rng.random(count) > 1 / 3
    seconds = np.sort(rng.integers(0, 4 * 365 * 86400, count))
    at = np.datetime64("2022-01-01", "s") + seconds.astype("timedelta64[s]")
    tags = [json.dumps([_TAGS[k] for k in rng.integers(0, len(_TAGS), 3)]) for _ in range(5000)]
    ids = [f"{str(t).replace('T', '_').replace(':', '-')}_R{n:07d}" for n, t in enumerate(at)]
    columns: dict[str, object] = {
        "photo_id": ids,
        "filename": ids,
        "path": ids,
        "day": at.astype("datetime64[D]").astype(str),
        "sha256": [f"{n:064x}" for n in range(count)],
        "bytes": rng.integers(1_000_000, 6_000_000, count),
        "format": ["JPEG"] * count,
        "captured_at": at.astype("datetime64[ms]"),
        "camera_make": ["RICOH"] * count,
        "camera_model": [("GR III", "GR IIIx")[k] for k in rng.integers(0, 2, count)],
        "lat": np.where(known, lat[city] + rng.normal(0, 0.01, count), np.nan),
        "lon": np.where(known, lon[city] + rng.normal(0, 0.01, count), np.nan),
        "location_city": [cities[k] for k in city],
        "location_country": [countries[k] for k in city],
        "weather": [_WEATHER[k] for k in rng.integers(0, len(_WEATHER), count)],
        "tags": [tags[k] for k in rng.integers(0, len(tags), count)],
        "keeper": (rng.random(count) < 0.04).astype(int),
    }
    types = {name: column.dtype for name, column in Photos.columns().items()}
    rows = pl.DataFrame(columns).with_columns(
        pl.lit(None).alias(name) for name in types if name not in columns
    )
    rows = rows.with_columns(pl.col("lat", "lon").fill_nan(None))
    return rows.select(pl.col(name).cast(dtype) for name, dtype in types.items())


if __name__ == "__main__":
    main()
