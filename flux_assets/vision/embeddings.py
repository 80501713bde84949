"""`embeddings`: a vector of every photograph. Phase 5; source: the working copy and the model.

The vector lies in LanceDB; the Parquet row links it to the photograph and says what made it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import dataframely as dy
import polars as pl

from flux_assets import progress
from flux_assets.photo_table import PhotoTable, Product
from flux_assets.refresh import DayReport, Plan, plan_day, write_day
from flux_resources.clip.embedder import Embedder, EncodedImages
from flux_resources.paths import Paths
from flux_resources.tables import TableStore
from flux_resources.vectors import VectorStore

EMBEDDINGS_VERSION = "1"
_INPUTS = ("photo_id", "sha256", "proxy_path")
_COMMIT_PHOTOGRAPHS = 2048  # vectors are committed after about so many new photographs


class Embeddings(PhotoTable):
    """Grain: photograph, for the active model."""

    embedding_id = dy.String(nullable=True, description="`emb_`, 16 digits of sha256, model.")
    model = dy.String(nullable=True, description="Model name, also the LanceDB table.")
    dimensions = dy.Int32(nullable=True, min=1, description="Length of the vector.")


EMBEDDINGS = Product("embeddings", Embeddings, value="embedding_id")


def embedding_id(sha256: str, model: str) -> str:
    """`emb_`, 16 digits of the content's digest, the model.

    >>> embedding_id("0123456789abcdef0123", "mini")
    'emb_0123456789abcdef_mini'
    """
    return f"emb_{sha256[:16]}_{model}"


def embeddings_version(weights: str) -> str:
    """What a vector depends on beside its picture; `weights` is a digest of the model's."""
    return f"{EMBEDDINGS_VERSION}|{weights}"


@dataclass(frozen=True)
class _Day:
    day: str
    plan: Plan
    orphans: bool  # vectors of photographs that are not in the day
    started: float

    @property
    def changed(self) -> bool:
        return bool(self.plan.todo.height or self.plan.removed or self.orphans)


class EmbeddingRange:
    """Brings the vectors of a range of days up to date.

    Stale photographs of several days share batches and commits, since LanceDB slows with every
    commit. Vectors are stored before their link rows, so that a row implies a vector. A killed
    run loses at most one commit's worth of work.

    Args:
        model: names the model without loading it.
        embedder: loads it; called only when there is something to encode.
        version: digest of the weights.
    """

    def __init__(
        self,
        tables: TableStore,
        vectors: VectorStore,
        paths: Paths,
        *,
        model: str,
        embedder: Callable[[], Embedder],
        version: str,
    ) -> None:
        self._tables = tables
        self._vectors = vectors
        self._paths = paths
        self._model = model
        self._embedder = embedder
        self._version = embeddings_version(version)

    def refresh(
        self, days: Sequence[str], inputs: Callable[[str], pl.DataFrame]
    ) -> Iterator[DayReport]:
        """Work through the days in order.

        `inputs(day)` gives `photo_id, sha256, proxy_path, fingerprint` of its photographs.
        """
        waiting: list[_Day] = []
        stored = self._vectors.photo_ids(days)
        for day in days:
            waiting.append(self._plan(day, inputs(day), stored.get(day, [])))
            if sum(item.plan.todo.height for item in waiting) >= _COMMIT_PHOTOGRAPHS:
                yield from self._commit(waiting)
                waiting = []
        yield from self._commit(waiting)

    def _plan(self, day: str, inputs: pl.DataFrame, stored: list[str]) -> _Day:
        started = time.perf_counter()

        def has_vector(rows: pl.DataFrame) -> pl.Series:
            return rows["embedding_id"].is_null() | rows["photo_id"].is_in(stored)

        plan = plan_day(
            self._tables,
            EMBEDDINGS,
            day,
            inputs=inputs,
            version=self._version,
            still_valid=has_vector,
        )
        progress.advance(EMBEDDINGS.name, plan.kept.height)
        orphans = not set(stored) <= set(inputs["photo_id"])
        return _Day(day, plan, orphans, started)

    def _commit(self, waiting: list[_Day]) -> Iterator[DayReport]:
        computed = self._encode(waiting)
        self._store(waiting, computed)
        links = computed.drop("sha256", "vector")
        by_day = links.partition_by("day", as_dict=True, include_key=False)
        for item in waiting:
            rows = by_day.get((item.day,))
            yield write_day(self._tables, EMBEDDINGS, item.day, item.plan, rows, item.started)

    def _encode(self, waiting: list[_Day]) -> pl.DataFrame:
        """Rows of all stale photographs: `day, sha256, vector` and the columns of the product."""
        todo = pl.concat(
            [
                pl.DataFrame(schema=dict.fromkeys(("day", *_INPUTS), pl.String)),
                *(
                    item.plan.todo.select(pl.lit(item.day).alias("day"), *_INPUTS)
                    for item in waiting
                ),
            ]
        )
        seen = todo.filter(pl.col("proxy_path").is_not_null())
        blind = todo.filter(pl.col("proxy_path").is_null())
        progress.advance(EMBEDDINGS.name, blind.height)
        rows = [_without_proxy(blind)]
        if seen.height:
            embedder = self._embedder()
            encoded = embedder.encode_images(
                [*map(self._paths.absolute, seen["proxy_path"])],
                on_batch=partial(progress.advance, EMBEDDINGS.name),
            )
            rows.append(self._link(seen, encoded))
        return pl.concat(rows)

    def _link(self, seen: pl.DataFrame, encoded: EncodedImages) -> pl.DataFrame:
        failed = pl.Series(encoded.errors, dtype=pl.String)
        dimensions = encoded.vectors.shape[1]
        ids = [embedding_id(sha256, self._model) for sha256 in seen["sha256"]]
        return seen.select(
            "day",
            "photo_id",
            "sha256",
            pl.when(failed.is_null()).then(pl.Series(ids)).alias("embedding_id"),
            pl.lit(self._model).alias("model"),
            pl.lit(dimensions, dtype=pl.Int32).alias("dimensions"),
            ("embeddings: " + failed).alias("error"),
            pl.Series(encoded.vectors).cast(pl.List(pl.Float32)).alias("vector"),
        ).with_columns(retry=pl.col("error").is_not_null())

    def _store(self, waiting: list[_Day], computed: pl.DataFrame) -> None:
        """One commit with the kept and the new vectors of every day that changed."""
        changed = [item for item in waiting if item.changed]
        if not changed:
            return
        days = [item.day for item in changed]
        kept = pl.concat([item.plan.kept.select("photo_id") for item in changed])
        new = computed.filter(pl.col("embedding_id").is_not_null())
        old = self._vectors.rows(days).join(kept, on="photo_id", how="semi")
        self._vectors.replace_days(days, pl.concat([old, new.select(old.columns)]))


def _without_proxy(blind: pl.DataFrame) -> pl.DataFrame:
    return blind.select(
        "day",
        "photo_id",
        "sha256",
        pl.lit(None, dtype=pl.String).alias("embedding_id"),
        pl.lit(None, dtype=pl.String).alias("model"),
        pl.lit(None, dtype=pl.Int32).alias("dimensions"),
        pl.lit("embeddings: no working copy (see proxies)").alias("error"),
        pl.lit(None, dtype=pl.List(pl.Float32)).alias("vector"),
        pl.lit(False).alias("retry"),
    )
