"""The synthetic archive of `benchmarks.search`: vectors, filters, queries and the truth."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

HITS = 12
# Share of the archive: each place is one of so many equal parts.
PLACES = {"year": 5, "city": 20, "quarter": 100, "corner": 1000}
_BLOCK = 20_000

Floats = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Filter:
    """Rows where `column` has the value `value`; column None: no filter."""

    name: str
    share: float
    column: str | None
    value: int = 0


def filters() -> list[Filter]:
    """Of each size one that goes with content, and one that does not."""
    chosen = [Filter("none", 1.0, None), Filter("all by name", 1.0, "everything")]
    for place, parts in PLACES.items():
        chosen.append(Filter(f"one {place}", 1 / parts, place, parts // 2))
        chosen.append(Filter("scattered", 1 / parts, f"any_{place}", parts // 2))
    return chosen


def make(folder: Path, rows: int, dimensions: int, queries: int) -> None:
    """Write `vectors.npy`, `facts.parquet`, `queries.npy` and `truth.npz` below `folder`."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(max(2, rows // 400), dimensions)).astype(np.float32)
    member = random.integers(0, len(centres), rows)
    vectors = np.lib.format.open_memmap(
        folder / "vectors.npy", "w+", np.float32, (rows, dimensions)
    )
    for start in range(0, rows, _BLOCK):
        own = member[start : start + _BLOCK]
        noise = random.standard_normal((len(own), dimensions), np.float32)
        vectors[start : start + _BLOCK] = unit(centres[own] + noise)
    facts = _facts(member, len(centres), random)
    facts.write_parquet(folder / "facts.parquet")
    own = random.integers(0, len(centres), queries)
    asked = unit(centres[own] + random.standard_normal((queries, dimensions), np.float32))
    np.save(folder / "queries.npy", asked)
    np.savez(folder / "truth.npz", **_truth(vectors, facts, asked))


def unit(vectors: Floats) -> Floats:
    scaled: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def _facts(member: Any, clusters: int, random: np.random.Generator) -> pl.DataFrame:
    """Clusters lie side by side, with some disorder, and are cut in equal places."""
    rows = len(member)
    blurred = member + random.normal(size=rows) * clusters / 50
    along = np.empty(rows, np.int64)
    along[np.argsort(blurred)] = np.arange(rows)
    anywhere = random.permutation(rows)
    columns = {place: along * parts // rows for place, parts in PLACES.items()}
    scattered = {f"any_{place}": anywhere * parts // rows for place, parts in PLACES.items()}
    days = np.datetime64("2022-01-01") + along * 1461 // rows
    names = [f"{day}_13-22-44_DanteSisofo_R{row:07}" for row, day in enumerate(days)]
    return pl.DataFrame(
        {"photo_id": names, "day": np.datetime_as_string(days), "everything": np.zeros(rows, int)}
        | columns
        | scattered
    )


def _truth(vectors: Floats, facts: pl.DataFrame, queries: Floats) -> dict[str, Any]:
    """By filter the lowest scores of the true hits, `(queries,)`, and how many hits there are."""
    scores = np.empty((len(queries), len(vectors)), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = slice(start, start + _BLOCK)
        scores[:, block] = queries @ vectors[block].T
    truth = {}
    for number, chosen in enumerate(filters()):
        passing = scores[:, rows_of(chosen, facts)]
        hits = min(HITS, passing.shape[1])
        truth[f"lowest_{number}"] = np.partition(passing, -hits, axis=1)[:, -hits]
        truth[f"hits_{number}"] = np.array(hits)
    return truth


def rows_of(chosen: Filter, facts: pl.DataFrame) -> Any:
    """Rows that pass, int64 in rising order."""
    if chosen.column is None:
        return np.arange(facts.height)
    return np.flatnonzero((facts[chosen.column] == chosen.value).to_numpy())
