"""A question from its words to its answer, in a warm process, beside its text tower alone.

    .venv/bin/python -m benchmarks.whole_path [--photographs 400000] [--times 15]

The archive is synthetic: vectors of the bundled model's size, in clusters, and facts about them.
Required: p95 under 100 ms for questions that
list photographs.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.search_data import unit
from flux_assets.publishing.photos import Photos, publish_photos
from flux_assets.search import Archive
from flux_assets.search.answers.background import (
    background_queries,
    background_version,
    measure_background,
    write_background,
)
from flux_resources.clip.embedder import load_embedder
from flux_resources.data_root import DataRoot
from flux_resources.vectors import active_vectors

_DAYS, _PROBES = 1_500, 16
_CITIES = ("Rome", "Philadelphia", "Tokyo", "Paris", "Lisbon")
_QUESTIONS = (
    "show all umbrellas in fog",
    "show all silhouettes from winter 2022",
    "show images visually similar to {}",
    "find all photographs where a person is waiting",
    "find all photographs with wet pavement reflections",
    "find all photographs made within one block of 40th and Walnut",
    "wet pavement in Rome",
)
_SHAPED = (
    "show visual echoes of Rome",
    "show recurring gestures across six years",
    "show evolution of layering over time",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photographs", type=int, default=400_000)
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        first = _make(Path(temporary), options.photographs)
        archive = Archive(temporary)
        archive.warm()
        text = _times(lambda n: archive.embedder.encode_texts([f"a person {n}"]), options.times)
        print(f"{options.photographs:,} photographs; the text tower alone {text[0]:.1f} ms\n")
        print(f"{'':62}{'p50':>8}{'p95':>8} ms   x text tower")
        for question in (*_QUESTIONS, *_SHAPED):
            asked = question.format(first)
            p50, p95 = _times(partial(_ask, archive, asked), options.times)
            print(f"{question:62}{p50:8.1f}{p95:8.1f}{p50 / text[0]:15.1f}")


def _ask(archive: Archive, question: str, _: int) -> object:
    return archive.ask(question)


def _times(run: Callable[[int], object], times: int) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds, after two runs that do not count."""
    spent = []
    for number in range(times + 2):
        started = time.perf_counter()
        run(number)
        spent.append(1000 * (time.perf_counter() - started))
    p50, p95 = np.percentile(spent[2:], [50, 95])
    return float(p50), float(p95)


def _make(root: Path, count: int) -> str:
    """Write an archive; returns a photo_id of it."""
    archive, random = DataRoot.open(root), np.random.default_rng(0)
    embedder = load_embedder(archive.settings.vision)
    queries = embedder.encode_texts(list(background_queries()))
    centres = random.standard_normal((max(2, count // 400), queries.shape[1]), np.float32)
    member = random.integers(0, len(centres), count)
    noise = random.standard_normal((count, queries.shape[1]), np.float32)
    vectors = unit(centres[member] + noise)
    day = np.sort(random.integers(0, _DAYS, count))
    start = datetime(2022, 1, 1, 9)
    names = [f"p{number:07}" for number in range(count)]
    near = random.random(count) < 0.001
    facts = pl.DataFrame(
        {
            "photo_id": names,
            "embedding_id": names,
            "filename": names,
            "path": names,
            "sha256": names,
            "day": [f"{start + timedelta(days=int(d)):%Y-%m-%d}" for d in day],
            "captured_at": [start + timedelta(days=int(d), seconds=n % 30_000) for n, d in
                            enumerate(day)],
            "format": ["JPEG"] * count,
            "location_city": [_CITIES[n % len(_CITIES)] for n in member],
            "weather": ["fog" if n % 9 == 0 else "clear" for n in day],
            "lat": np.where(near, 39.9537, random.uniform(30, 60, count)),
            "lon": np.where(near, -75.2036, random.uniform(-80, 20, count)),
            "fold": [n // 3 if n % 9 < 3 else None for n in range(count)],
            "fold_place": [n % 3 + 1 if n % 9 < 3 else None for n in range(count)],
            "tags": ['["street"]'] * count,
            "searchable": [True] * count,
        },
        schema_overrides={"fold": pl.Int32},
    )  # fmt: skip
    absent = [
        pl.lit(None, column.dtype).alias(name)
        for name, column in Photos.columns().items()
        if name not in facts.columns
    ]
    publish_photos(facts.with_columns(absent).select(Photos.column_names()), archive.paths)
    rows = facts.select("day", "photo_id", "sha256").with_columns(
        pl.Series("vector", vectors).cast(pl.List(pl.Float32))
    )
    store = active_vectors(archive)  # as the graph leaves them, but for tuning
    store.replace_days(facts["day"].unique().sort().to_list(), rows)
    store.build_index()
    store.set_probes(_PROBES)
    background = measure_background(
        [vectors], queries, sample=archive.settings.search.background_sample
    )
    model = store.table_name
    write_background(background, archive.paths.background(model), background_version(model))
    return names[count // 2]


if __name__ == "__main__":
    main()
