"""Which photographs a keeper file looks like, by vector: exact, in bounded memory.

The vectors of the archive pass by once, some days at a time, and every keeper is compared with all
of them in blocks.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from flux_resources.vectors import Vectors, as_matrix

VectorsOfDays = Callable[[Sequence[str]], pl.DataFrame]
Indices = np.ndarray[Any, np.dtype[np.int64]]

_PHOTOGRAPHS_AT_ONCE = 16_384  # 50 MB of 768 numbers each
_KEEPERS_AT_ONCE = 512  # so that a block of cosines takes 32 MB
_SCHEMA = {"sha256": pl.String, "photo_id": pl.String, "cosine": pl.Float32}


def find_alike(
    looks: pl.DataFrame,
    photographs: pl.DataFrame,
    wanted: pl.DataFrame,
    *,
    vectors: VectorsOfDays,
    most: int,
) -> pl.DataFrame:
    """`sha256, photo_id, cosine` of pairs of a keeper and a photograph, each pair once.

    Args:
        looks: `sha256, vector` (float32, unit length, or null) of keeper files.
        photographs: `photo_id, day` of all that can be an original.
        wanted: `sha256, photo_id` of pairs to compare in any case.
        vectors: given days, `photo_id, vector` of their photographs; `VectorStore.rows`.
        most: photographs for each keeper beside those wanted, the most alike ones.
    """
    seen = looks.drop_nulls("vector")
    if seen.is_empty() or photographs.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    queries = as_matrix(seen["vector"])
    numbered = photographs.select("photo_id", "day").with_row_index("photograph")
    best = _Best(len(queries), most)
    asked = wanted.join(seen.select("sha256").with_row_index("keeper"), on="sha256")
    found = [pl.DataFrame(schema=_SCHEMA)]
    for rows in _blocks(numbered, vectors):
        matrix = as_matrix(rows["vector"])
        best.compare(queries, matrix, rows["photograph"].to_numpy().astype(np.int64))
        pairs = asked.join(rows.select("photo_id").with_row_index("row"), on="photo_id")
        left, right = queries[pairs["keeper"].to_numpy()], matrix[pairs["row"].to_numpy()]
        cosine = pl.Series("cosine", np.einsum("ij,ij->i", left, right), pl.Float32)
        found.append(pairs.select("sha256", "photo_id", cosine))
    keeper, photograph, cosines = best.pairs()
    alike = pl.DataFrame(
        {
            "sha256": seen["sha256"].gather(keeper),
            "photo_id": numbered["photo_id"].gather(photograph),
            "cosine": pl.Series(cosines, dtype=pl.Float32),
        }
    )
    return pl.concat([*found, alike]).unique(["sha256", "photo_id"], maintain_order=True)


def _blocks(numbered: pl.DataFrame, vectors: VectorsOfDays) -> Iterator[pl.DataFrame]:
    """`photo_id, photograph, vector`, some days at a time."""
    days = numbered.group_by("day").len().sort("day")
    part = (pl.col("len").cum_sum() - 1) // _PHOTOGRAPHS_AT_ONCE
    for chunk in days.with_columns(part=part).partition_by("part", maintain_order=True):
        rows = vectors(chunk["day"].to_list()).select("photo_id", "vector")
        block = rows.join(numbered.select("photo_id", "photograph"), on="photo_id")
        if block.height:
            yield block


class _Best:
    """The most alike photographs of each of `keepers`, in no order."""

    def __init__(self, keepers: int, most: int) -> None:
        self._most = most
        self._cosines = np.full((keepers, most), -np.inf, np.float32)
        self._photographs = np.full((keepers, most), -1, np.int64)

    def compare(self, queries: Vectors, matrix: Vectors, photographs: Indices) -> None:
        """Take in a block: `matrix` is `(n, d)`, `photographs` the numbers of its rows."""
        for start in range(0, len(queries), _KEEPERS_AT_ONCE):
            cosines = queries[start : start + _KEEPERS_AT_ONCE] @ matrix.T
            chunk = slice(start, start + len(cosines))
            enough = self._cosines[chunk].min(axis=1)
            if np.isinf(enough).any() and len(matrix) > self._most:  # the first block
                enough = np.partition(cosines, -self._most, axis=1)[:, -self._most]
            # In two dimensions the search for the few that are good would be far slower.
            good = np.flatnonzero(cosines >= enough[:, None])
            keeper, column = np.divmod(good, len(matrix))
            self._merge(chunk, keeper, cosines[keeper, column], photographs[column])

    def _merge(self, chunk: slice, keeper: Indices, cosines: Vectors, photographs: Indices) -> None:
        """Take in pairs of the keepers of a chunk, in their order."""
        most, keepers = self._most, len(self._cosines[chunk])
        counts = np.bincount(keeper, minlength=keepers)
        place = most + np.arange(len(keeper)) - np.repeat(counts.cumsum() - counts, counts)
        shape = keepers, most + int(counts.max(initial=0))
        every, numbers = np.full(shape, -np.inf, np.float32), np.full(shape, -1)
        every[:, :most], numbers[:, :most] = self._cosines[chunk], self._photographs[chunk]
        every[keeper, place], numbers[keeper, place] = cosines, photographs
        top = np.argpartition(every, -most, axis=1)[:, -most:]
        self._cosines[chunk] = np.take_along_axis(every, top, axis=1)
        self._photographs[chunk] = np.take_along_axis(numbers, top, axis=1)

    def pairs(self) -> tuple[Indices, Indices, Vectors]:
        """Positions of the keeper, numbers of the photograph, cosines; each `(pairs,)`."""
        have = self._photographs >= 0
        keepers = np.nonzero(have)[0]
        return keepers, self._photographs[have], self._cosines[have]
