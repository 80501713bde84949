"""`vector_index`: the index over the vectors, and how good it is. Phase 5; whole archive.

Real queries of the archive, photographs and words, are answered by the index and by comparing
every vector. The index then looks into the fewest partitions that reach the wanted recall, and
searches are measured as people will ask them, with filters of all sizes. What was measured stays
as long as the vectors, the words and the settings do.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import dataframely as dy
import numpy as np
import polars as pl

from flux_resources.settings_sections import SearchSettings
from flux_resources.vectors import IndexState, Vectors, VectorStore, as_matrix

VECTOR_INDEX = "vector_index"
VECTOR_INDEX_VERSION = "2"
SHARES = (1.0, 0.2, 0.05, 0.01, 0.001)

Work = Literal["none", "keep", "refresh", "build"]

_HITS = 12
_QUERIES = 50  # photographs, and at most as many texts
_LEAST_PROBES = 4  # questions of tomorrow may lie further from pictures than those measured
_MOST_SEGMENTS = 16  # each refresh adds one, and every search looks into all
_SAME_SCORE = 1e-6
_TRIED = {
    "probes": pl.Int64,
    "recall_at_12": pl.Float64,
    "p50_ms": pl.Float64,
    "p95_ms": pl.Float64,
}


class VectorIndex(dy.Schema):
    """Grain: model, and share of the archive that a filter leaves."""

    model = dy.String(primary_key=True, description="Model name, also the LanceDB table.")
    share = dy.Float64(primary_key=True, description="Photographs that pass the filter, 0-1.")
    rows = dy.Int64(description="Vectors of the model.")
    indexed = dy.Int64(description="Vectors in the index; 0 while all searches are exact.")
    partitions = dy.Int64(nullable=True, description="Partitions of the index.")
    probes = dy.Int64(nullable=True, description="Partitions a search looks into.")
    queries = dy.Int64(description="Searches measured.")
    recall_at_12 = dy.Float64(description="Share of the true twelve nearest that were found, 0-1.")
    p50_ms = dy.Float64(description="Median time of a search, milliseconds.")
    p95_ms = dy.Float64(description="95th percentile, milliseconds.")
    fingerprint = dy.String(nullable=True, description="Digest of what this was measured with.")


@dataclass(frozen=True)
class IndexReport:
    """What was done, what came of it, and whether that was measured now.

    `tried` has `probes, recall_at_12, p50_ms, p95_ms`, one row for each number of probes, unless
    the index was kept as it was; `rows` are those of `VectorIndex`.
    """

    work: Work
    tried: pl.DataFrame
    rows: pl.DataFrame
    is_new: bool = True


def refresh_index(
    store: VectorStore,
    settings: SearchSettings,
    *,
    texts: Callable[[], Vectors],
    words: str,
    photo_ids: pl.Series,
    before: pl.DataFrame,
) -> IndexReport:
    """Bring the index up to date; tune and measure it unless nothing changed.

    Args:
        store: the vectors of a model; it may be empty.
        settings: when to build, and the recall to reach.
        texts: vectors of words people may ask for, float32 `(t, d)`; called to measure.
        words: what these are the vectors of.
        photo_ids: those of the archive, in the order of time.
        before: rows of `VectorIndex` that hold while nothing changes; none to measure anyhow.

    Raises:
        flux_resources.files.Busy: another process is writing vectors.
    """
    work, tried = bring_up_to_date(store, settings), pl.DataFrame(schema=_TRIED)
    if not store.count():
        return IndexReport(work, tried, VectorIndex.create_empty())
    if before["fingerprint"].unique().to_list() == [_fingerprint(store, settings, words)]:
        return IndexReport(work, tried, before, is_new=False)
    queries = queries_of(store, texts())
    if work in ("build", "refresh"):
        tried = tune(store, queries, settings)
    rows = measure(store, queries, photo_ids)
    marked = rows.with_columns(fingerprint=pl.lit(_fingerprint(store, settings, words)))
    return IndexReport(work, tried, marked)


def _fingerprint(store: VectorStore, settings: SearchSettings, words: str) -> str:
    content = f"{VECTOR_INDEX_VERSION}|{store.state()}|{settings.model_dump_json()}|{words}"
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def work_for(rows: int, state: IndexState | None, settings: SearchSettings) -> Work:
    """What the index of so many vectors needs."""
    if rows < settings.index_from_rows:
        return "none"
    if state is None:
        return "build"
    changed = abs(rows - state.rows) > settings.rebuild_share * state.rows
    if changed or state.segments > _MOST_SEGMENTS:
        return "build"
    return "refresh" if state.unindexed else "keep"


def bring_up_to_date(store: VectorStore, settings: SearchSettings) -> Work:
    """Do what the index needs, and say what it was.

    Raises:
        flux_resources.files.Busy: another process is writing vectors.
    """
    work = work_for(store.count(), store.index_state(), settings)
    if work == "build":
        store.build_index()
    elif work == "refresh":
        store.refresh_index()
    return work


def queries_of(store: VectorStore, texts: Vectors) -> Vectors:
    """What people ask: photographs of the archive and texts, float32 `(q, d)`."""
    drawn = as_matrix(store.sample(_QUERIES)["vector"])
    return np.concatenate([drawn, texts.reshape(-1, drawn.shape[1])[:_QUERIES]])


def tune(store: VectorStore, queries: Vectors, settings: SearchSettings) -> pl.DataFrame:
    """Set the fewest probes that reach the recall of the settings.

    Returns `probes, recall_at_12, p50_ms, p95_ms` of each number tried; no rows without an index.
    """
    state = store.index_state()
    tried: list[dict[str, float]] = []
    if state is not None:
        truth = store.exact(queries, _HITS)
        for probes in _doubled(state.partitions):
            answer = partial(store.by_index, limit=_HITS, probes=probes)
            figures = _figures(queries, truth, answer)
            tried.append({"probes": probes, **figures})
            if figures["recall_at_12"] >= settings.recall:
                break
        store.set_probes(int(tried[-1]["probes"]))
    return pl.DataFrame(tried, schema=_TRIED)


def measure(store: VectorStore, queries: Vectors, photo_ids: pl.Series) -> pl.DataFrame:
    """The rows of `VectorIndex`, unmarked: every search as it will be answered.

    `photo_ids` are those of the archive in the order of time. A filter leaves a stretch of them,
    which has to do with what the pictures show, as a year or a city does.
    """
    store.warm()
    rows = []
    for share in SHARES:
        length = max(1, round(share * len(photo_ids)))
        among = None if share == 1 else photo_ids.slice((len(photo_ids) - length) // 2, length)
        truth = store.exact(queries, _HITS, among)
        figures = _figures(queries, truth, partial(store.nearest, limit=_HITS, among=among))
        rows.append({"share": share, **figures})
    state = store.index_state()
    return (
        pl.DataFrame(rows)
        .select(
            pl.lit(store.table_name).alias("model"),
            "share",
            pl.lit(store.count()).alias("rows"),
            pl.lit(state.indexed if state else 0).alias("indexed"),
            pl.lit(state.partitions if state else None, pl.Int64).alias("partitions"),
            pl.lit(state.probes if state else None, pl.Int64).alias("probes"),
            pl.lit(len(queries)).alias("queries"),
            "recall_at_12",
            "p50_ms",
            "p95_ms",
        )
        .cast({"rows": pl.Int64, "indexed": pl.Int64, "queries": pl.Int64})
    )


def _figures(
    queries: Vectors, truth: pl.DataFrame, answer: Callable[[Vectors], pl.DataFrame]
) -> dict[str, float]:
    """Recall and time of `answer`; a hit as good as the last true one counts."""
    right, spent = 0, []
    last = dict(truth.group_by("query").agg(pl.col("score").min()).iter_rows())
    for number, query in enumerate(queries):
        started = time.perf_counter()
        found = answer(query)
        spent.append(1000 * (time.perf_counter() - started))
        right += (found["score"] >= last.get(number, np.inf) - _SAME_SCORE).sum()
    p50, p95 = np.percentile(spent, [50, 95])
    recall = right / truth.height if truth.height else 1.0
    return {"recall_at_12": recall, "p50_ms": float(p50), "p95_ms": float(p95)}


def _doubled(most: int) -> Iterator[int]:
    """4, 8, 16, ... and `most`."""
    number = _LEAST_PROBES
    while number < most:
        yield number
        number *= 2
    yield most
