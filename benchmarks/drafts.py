"""A draft of 36 from 400,000 candidates: what it costs, beside reading the vectors once.

    .venv/bin/python -m benchmarks.drafts [--photographs 400000] [--dimensions 768]

Vectors are made from a seed, in clusters; places are uneven, and every candidate is a keeper with
an opinion of the model. The ratio compares with one pass over all vectors (a dot product with one
query) in the same run. Below it stands how good the choice is, against the best scores and against
chance: the mean cosine of two frames, the places, the months, the spread of light.
"""

import argparse
import resource
import time
from collections.abc import Callable
from datetime import datetime

import numpy as np
import polars as pl

from benchmarks.answers import _clustered
from flux_assets.publishing.drafts.candidates import Candidates, bounded, sift
from flux_assets.publishing.drafts.compose import compose_draft
from flux_assets.publishing.drafts.request import ISSUE_FRAMES, Request
from flux_assets.publishing.drafts.selection import choose, facets_of
from flux_resources.settings_sections import DraftSettings
from flux_resources.vectors import Vectors

_PLACES = 60
SETTINGS = DraftSettings()


def main() -> None:
    """Print seconds and ratios, then the quality of choices."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photographs", type=int, default=400_000)
    parser.add_argument("--dimensions", type=int, default=768)
    options = parser.parse_args()
    vectors = _clustered(options.photographs, options.dimensions)
    photographs = _photographs(options.photographs)
    one_pass = min(_seconds(lambda: vectors @ vectors[0]) for _ in range(3))
    print(f"{'one pass, numpy':<26} {one_pass:7.3f} s")

    def row(name: str, spent: float) -> None:
        print(f"{name:<26} {spent:7.3f} s {spent / one_pass:8.1f} passes")

    started = time.perf_counter()
    sifted = sift(photographs, taken=[], least_score=SETTINGS.least_score)
    row("sift", time.perf_counter() - started)
    started = time.perf_counter()
    pool = bounded(sifted.rows, SETTINGS.pool)
    row("bounded pool", time.perf_counter() - started)
    started = time.perf_counter()
    draft = _draft(pool, vectors)
    row(f"36 of {pool.height:,}, in order", time.perf_counter() - started)
    started = time.perf_counter()
    everything = _chosen(sifted.rows, vectors)
    row("36 of all, no pool", time.perf_counter() - started)
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak {gib:.2f} GiB, of which the vectors {vectors.nbytes / 2**30:.2f} GiB\n")

    random = np.random.default_rng(0).choice(sifted.rows.height, ISSUE_FRAMES, replace=False)
    choices = {
        "draft": draft,
        "of all, no pool": everything,
        "best scores": sifted.rows.head(ISSUE_FRAMES),
        "at random": sifted.rows[np.sort(random)],
    }
    print(f"{'':<18} mean cosine  most alike  places  months  light sd  merit")
    for name, rows in choices.items():
        print(f"{name:<18} {_quality(rows, vectors)}")


def _draft(pool: pl.DataFrame, vectors: Vectors) -> pl.DataFrame:
    unknown = pl.lit(None, pl.Float64)
    rows = pool.with_columns(theme_cosine=unknown, suits=unknown)
    looks = vectors[rows["photo_id"].cast(pl.Int64).to_numpy()]
    return compose_draft(Candidates(rows, rows.height), looks, Request(), SETTINGS)


def _chosen(rows: pl.DataFrame, vectors: Vectors) -> pl.DataFrame:
    looks = vectors[rows["photo_id"].cast(pl.Int64).to_numpy()]
    facets = facets_of(rows.with_columns(relevance="merit"), looks)
    return rows[choose(facets, SETTINGS, ISSUE_FRAMES)]


def _quality(rows: pl.DataFrame, vectors: Vectors) -> str:
    looks = vectors[rows["photo_id"].cast(pl.Int64).to_numpy()]
    cosines = (looks @ looks.T)[np.triu_indices(len(looks), 1)]
    months = rows["captured_at"].dt.truncate("1mo").n_unique()
    light, merit = (rows[name].to_numpy() for name in ("median_luminance", "merit"))
    return (
        f"{cosines.mean():11.3f} {cosines.max():11.3f} {rows['location_city'].n_unique():7} "
        f"{months:7} {light.std():9.2f} {merit.mean():6.3f}"
    )


def _photographs(count: int) -> pl.DataFrame:
    """Six years; a few places have most photographs, and the model's favourites are of two."""
    random = np.random.default_rng(1)
    place = np.minimum(random.geometric(0.12, count), _PLACES)
    opinion = np.clip(random.beta(2, 5, count) + 0.2 * (place <= 2), 0, 1)
    minutes = np.sort(random.integers(0, 6 * 365 * 24 * 60, count))
    nothing = pl.lit(None, pl.String)
    return pl.DataFrame(
        {
            "photo_id": [f"{n:07}" for n in range(count)],
            "model_score": opinion,
            "location_city": [f"city {n}" for n in place],
            "location_country": [f"country {n // 6}" for n in place],
            "median_luminance": random.beta(3, 3, count),
            "minutes": minutes,
        }
    ).select(
        "photo_id",
        "model_score",
        "location_city",
        "location_country",
        "median_luminance",
        captured_at=pl.lit(datetime(2020, 1, 1)) + pl.duration(minutes="minutes"),
        filename=pl.format("{}.JPG", "photo_id"),
        keeper=pl.lit(True),
        keeper_score=pl.lit(1.0),
        thumb_path=nothing,
        fold=nothing,
        fold_place=nothing,
        burst_id=nothing,
        issue_id=nothing,
        asked=pl.lit(True),
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
