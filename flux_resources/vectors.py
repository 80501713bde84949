"""The vector store: one LanceDB table per model, written by one process at a time.

A row is `photo_id`, `day`, `sha256` of the content and a float32 vector of unit length.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from flux_resources.clip.names import table_name
from flux_resources.data_root import DataRoot
from flux_resources.files import single_writer

Vectors = np.ndarray[Any, np.dtype[np.float32]]


class VectorStore:
    """Vectors of one model. Reading never blocks; writing takes the `vectors` lock."""

    def __init__(self, folder: Path, locks: Path, table: str) -> None:
        self._folder = folder
        self._locks = locks
        self.table_name = table

    @cached_property
    def _database(self) -> Any:
        import lancedb

        return lancedb.connect(self._folder)

    def _table(self) -> Any:
        if not self._folder.exists() or self.table_name not in self._names():
            return None
        return self._database.open_table(self.table_name)

    def _names(self) -> list[str]:
        names: list[str] = list(self._database.list_tables().tables)
        return names

    def rows(self, days: Iterable[str]) -> pl.DataFrame:
        """`day, photo_id, sha256, vector` (list of float32) of the given days."""
        table = self._table()
        if table is None:
            return _frame(_schema(1).empty_table())
        return _frame(table.search().where(_day_filter(days)).limit(None).to_arrow())

    def photo_ids(self, days: Sequence[str]) -> dict[str, list[str]]:
        """Ids of the photographs that have a vector, by day."""
        table = self._table()
        if table is None:
            return {}
        query = table.search().where(_day_filter(days)).select(["photo_id", "day"]).limit(None)
        found = pl.DataFrame(query.to_arrow()).group_by("day").agg("photo_id")
        return dict(found.select("day", "photo_id").iter_rows())

    def count(self) -> int:
        table = self._table()
        return 0 if table is None else int(table.count_rows())

    def replace_days(self, days: Sequence[str], rows: pl.DataFrame) -> None:
        """Make `rows` the only rows of `days`, in one commit: no reader sees a gap.

        Raises:
            flux_resources.files.Busy: another process is writing.
            ValueError: a vector does not have unit length.
        """
        if rows.height:
            dimensions = len(rows["vector"][0])
            data = pa.table(
                {
                    "photo_id": rows["photo_id"].to_list(),
                    "day": rows["day"].to_list(),
                    "sha256": rows["sha256"].to_list(),
                    "vector": _fixed_size(rows["vector"], dimensions),
                },
                schema=_schema(dimensions),
            )
        with single_writer(self._locks, "vectors"):
            table = self._table()
            if not rows.height:
                if table is not None:
                    table.delete(_day_filter(days))
                return
            if table is None:
                table = self._database.create_table(self.table_name, schema=_schema(dimensions))
            (
                table.merge_insert("photo_id")
                .when_matched_update_all()
                .when_not_matched_insert_all()
                .when_not_matched_by_source_delete(_day_filter(days))
                .execute(data)
            )

    def nearest(
        self, vector: Vectors, limit: int, among: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """The `limit` rows of highest cosine similarity: `photo_id, score`, best first.

        Exact: every vector is compared, or each of those named in `among` (photo_ids). `vector`
        is float32 `(d,)` of unit length.
        """
        table = self._table()
        if table is None or among == []:
            return pl.DataFrame(schema={"photo_id": pl.String, "score": pl.Float64})
        query = table.search(vector).distance_type("dot").bypass_vector_index()
        if among is not None:
            query = query.where(f"photo_id IN ({', '.join(map(_quoted, among))})", prefilter=True)
        found = pl.DataFrame(query.select(["photo_id", "_distance"]).limit(limit).to_arrow())
        return found.select(
            "photo_id", (1 - pl.col("_distance").cast(pl.Float64)).alias("score")
        ).sort(["score", "photo_id"], descending=[True, False])

    def vector_of(self, photo_id: str) -> Vectors | None:
        """The vector of one photograph, float32 `(d,)`; None if it has none."""
        table = self._table()
        if table is None:
            return None
        found = table.search().where(f"photo_id = {_quoted(photo_id)}").limit(1).to_arrow()
        return np.asarray(found["vector"][0].as_py(), np.float32) if found.num_rows else None


def active_vectors(archive: DataRoot) -> VectorStore:
    """The vectors of the model that the archive's settings name."""
    table = table_name(archive.settings.vision.model)
    return VectorStore(archive.paths.vectors, archive.paths.locks, table)


def _schema(dimensions: int) -> pa.Schema:
    return pa.schema(
        [
            pa.field("photo_id", pa.string()),
            pa.field("day", pa.string()),
            pa.field("sha256", pa.string()),
            pa.field("vector", pa.list_(pa.float32(), dimensions)),
        ]
    )


def _fixed_size(vectors: pl.Series, dimensions: int) -> pa.Array:
    values = vectors.explode().to_numpy().astype(np.float32).reshape(-1, dimensions)
    lengths = np.linalg.norm(values, axis=1)
    if not np.allclose(lengths, 1, atol=1e-3):
        raise ValueError("vectors must have unit length")
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), dimensions)


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(table.select(["photo_id", "day", "sha256", "vector"])))
    return frame.cast({"vector": pl.List(pl.Float32)})


def _quoted(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))


def _day_filter(days: Iterable[str]) -> str:
    return "day IN ({})".format(", ".join(f"'{day}'" for day in sorted(days)))
