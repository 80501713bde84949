"""Rows of the vector store: `photo_id`, `day`, `sha256` of the content, a unit float32 vector."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import uuid4

import numpy as np
import polars as pl
import pyarrow as pa

Vectors = np.ndarray[Any, np.dtype[np.float32]]
_MARK = b"flux.table"
NEAREST = pl.Schema({"photo_id": pl.String, "score": pl.Float64})


def schema(dimensions: int) -> pa.Schema:
    return pa.schema(
        [
            pa.field("photo_id", pa.string()),
            pa.field("day", pa.string()),
            pa.field("sha256", pa.string()),
            pa.field("vector", pa.list_(pa.float32(), dimensions)),
        ]
    )


def new_table(database: Any, name: str, dimensions: int) -> Any:
    """An empty table; its mark tells it from one of the same name that was there before."""
    marked = schema(dimensions).with_metadata({_MARK: uuid4().hex})
    return database.create_table(name, schema=marked)


def state_of(table: Any) -> tuple[bytes | None, int]:
    """What differs between any two states of any two tables: its mark, its version."""
    return (table.schema.metadata or {}).get(_MARK), table.version


def as_arrow(rows: pl.DataFrame) -> pa.Table:
    """Rows as LanceDB takes them.

    Raises:
        ValueError: a vector does not have unit length.
    """
    dimensions = len(rows["vector"][0])
    numbers = rows["vector"].explode().to_numpy().astype(np.float32, copy=False)
    values = numbers.reshape(-1, dimensions)
    lengths = np.sqrt(np.einsum("ij,ij->i", values, values))  # without a copy of all
    if not np.allclose(lengths, 1, atol=1e-3):
        raise ValueError("vectors must have unit length")
    return pa.table(
        {
            **{name: rows[name].to_list() for name in ("photo_id", "day", "sha256")},
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), dimensions),
        },
        schema=schema(dimensions),
    )


def as_frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(table.select(["photo_id", "day", "sha256", "vector"])))
    return frame.cast({"vector": pl.List(pl.Float32)})


def as_matrix(vectors: pl.Series) -> Vectors:
    """A column of vectors of one length as float32 `(n, d)`; `(0, 1)` where there are none."""
    values = vectors.explode().cast(pl.Float32).to_numpy()
    return values.reshape(len(vectors), -1) if len(vectors) else values.reshape(0, 1)


def vectors_in(table: pa.Table | pa.RecordBatch) -> Vectors:
    """The column `vector` as float32 `(n, d)`."""
    column = table["vector"]
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    dimensions = column.type.list_size
    values: Vectors = column.flatten().to_numpy(zero_copy_only=False)
    return values.reshape(-1, dimensions)


def ranked(table: pa.Table, vector: Vectors) -> pl.DataFrame:
    """`photo_id, score` of rows with vectors, best first; equals are ordered by photo_id.

    Summed row by row in float64, so that equal vectors have equal scores.
    """
    scores = (vectors_in(table).astype(np.float64) * vector.astype(np.float64)).sum(axis=1)
    found = pl.DataFrame({"photo_id": pl.from_arrow(table["photo_id"]), "score": scores})
    return found.cast(NEAREST).sort(["score", "photo_id"], descending=[True, False])


def one_of(column: str, values: Iterable[str]) -> str:
    """An SQL condition."""
    quoted = ("'{}'".format(value.replace("'", "''")) for value in sorted(values))
    return f"{column} IN ({', '.join(quoted)})"


def as_series(photo_ids: Collection[str] | pl.Series) -> pl.Series:
    if isinstance(photo_ids, pl.Series):
        return photo_ids
    return pl.Series(list(photo_ids), dtype=pl.String)
