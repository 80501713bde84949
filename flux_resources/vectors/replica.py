"""A copy of all vectors in memory, a byte per number, that makes comparing every row cheap.

Filters choose any photographs, which no index foresees: one in five of 400,000 is too many to read
from disk, and an index finds few of them near a query that looks like none. Here all rows are
compared in the time it takes to read d bytes of each, and chosen rows in their share of it. The
copy only says which rows are worth reading; scores come from the float32 vectors.
"""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from flux_resources.vectors.rows import Vectors, as_series, state_of, vectors_in

Positions = np.ndarray[Any, np.dtype[np.int64]]
RowIds = np.ndarray[Any, np.dtype[np.uint64]]
Codes = np.ndarray[Any, np.dtype[np.int8]]

_BATCH = 4096  # rows
_KEYS = {"photo_id": pl.String, "_rowid": pl.UInt64, "hash": pl.UInt64}
_READ_ANEW_SHARE = 0.1
_GATHERED_SHARE = 0.15  # comparing all is faster than gathering more


@dataclass(frozen=True)
class Replica:
    """The rows of one version of a table; row i is about `mean + scales[i] * codes[i]`.

    What all vectors have in common, their mean, says nothing of their order and would cost
    precision. Hashes stand for the photo_ids of filters; that two of 400,000 share one of 64 bits
    has a chance of one in 10^8.
    """

    table: Any  # as of that version
    keys: pl.DataFrame  # photo_id, _rowid, hash
    codes: Codes  # (n, d)
    scales: Vectors  # (n,)
    mean: Vectors  # (d,)

    @classmethod
    def read(cls, table: Any) -> "Replica":
        """Read the whole table, in batches."""
        dimensions = table.schema.field("vector").type.list_size
        rows = table.count_rows()
        codes, scales = np.empty((rows, dimensions), np.int8), np.empty(rows, np.float32)
        mean = np.zeros(dimensions, np.float32)
        keys = [pl.DataFrame(schema=_KEYS)]
        at = 0
        query = table.search().select(["photo_id", "vector"]).with_row_id(True).limit(None)
        for batch in query.to_batches(_BATCH):
            vectors = vectors_in(batch)
            if not at:
                mean = vectors.mean(axis=0)
            part = slice(at, at + len(vectors))
            codes[part], scales[part] = _quantised(vectors - mean)
            keys.append(_keys(batch))
            at += len(vectors)
        return cls(table, pl.concat(keys, rechunk=True), codes, scales, mean)

    def updated(self, table: Any) -> "Replica":
        """The rows of a later version, of which only new ones are read."""
        query = table.search().select(["_rowid"]).with_row_id(True).limit(None)
        now = pl.Series(np.array(query.to_arrow()["_rowid"]), dtype=pl.UInt64)
        stays = self.keys["_rowid"].is_in(now.implode()).to_numpy()
        fresh = now.filter(~now.is_in(self.keys["_rowid"].implode()))
        (mark, before), (same, after) = state_of(self.table), state_of(table)
        anew = mark != same or after < before
        if anew or len(fresh) > _READ_ANEW_SHARE * len(now):
            return Replica.read(table)
        new = rows_of(table, fresh)
        kept = np.flatnonzero(stays)
        codes = np.empty((len(kept) + len(fresh), len(self.mean)), np.int8)
        self.codes.take(kept, axis=0, out=codes[: len(kept)], mode="clip")  # "raise" copies twice
        codes[len(kept) :], scales = _quantised(vectors_in(new) - self.mean)
        return Replica(
            table,
            pl.concat([self.keys.filter(stays), _keys(new)], rechunk=True),
            codes,
            np.concatenate([self.scales[stays], scales]),
            self.mean,
        )

    def likeliest(
        self, vector: Vectors, count: int, among: Collection[str] | pl.Series | None
    ) -> pa.Table:
        """`photo_id, vector` of the `count` rows of highest approximate score.

        Args:
            vector: float32 `(d,)` of unit length.
            count: how many; of equal rows the first by photo_id.
            among: photo_ids to choose from; None for all.
        """
        query, _ = _quantised(vector[None])
        if among is None:
            chosen = np.arange(len(self.codes))
            scores = self._scores(query)
        elif len(among) < _GATHERED_SHARE * len(self.codes):
            chosen = self._positions(among)
            scores = _dots(query, self.codes.take(chosen, axis=0)) * self.scales[chosen]
        else:
            with ThreadPoolExecutor(1) as beside:
                all_scores = beside.submit(self._scores, query)
                chosen = self._positions(among)
                scores = all_scores.result()[chosen]
        best = self._best(scores, count, chosen)
        return rows_of(self.table, self.keys["_rowid"].gather(best))

    def _positions(self, among: Collection[str] | pl.Series) -> Positions:
        """Where the photographs lie, in rising order; those without a vector are left out."""
        wanted = as_series(among).hash()
        return np.flatnonzero(self.keys["hash"].is_in(wanted.implode()).to_numpy())

    def _scores(self, query: Codes) -> Vectors:
        """Of all rows: proportional to the cosine less a constant, float32 `(n,)`."""
        return _dots(query, self.codes) * self.scales

    def _best(self, scores: Vectors, count: int, positions: Positions) -> Positions:
        if len(scores) <= count:
            return positions
        least = np.partition(scores, -count)[-count]
        above, equal = positions[scores > least], positions[scores == least]
        if len(above) + len(equal) > count:
            by_name = self.keys["photo_id"].gather(equal).arg_sort().to_numpy()
            equal = equal[by_name[: count - len(above)]]
        return np.concatenate([above, equal])


def rows_of(table: Any, row_ids: pl.Series) -> pa.Table:
    """`photo_id, vector, _rowid` of rows, in no order."""
    taken = table.take_row_ids(row_ids.to_list())
    return taken.with_row_id().select(["photo_id", "vector"]).to_arrow()


def _keys(rows: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    """`photo_id, _rowid, hash`: copies, since a slice of a batch would keep its vectors alive."""
    names = pl.Series("photo_id", rows["photo_id"].to_pylist(), pl.String)
    row_ids = pl.Series("_rowid", np.array(rows["_rowid"]), pl.UInt64)
    return pl.DataFrame([names, row_ids, names.hash().alias("hash")])


def _quantised(vectors: Vectors) -> tuple[Codes, Vectors]:
    """Whole numbers up to 127, and what to multiply those of a row with."""
    scales = np.abs(vectors).max(axis=1).clip(min=1e-12) / 127
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def _dots(query: Codes, codes: Codes) -> Vectors:
    """Dot products of `(1, d)` with `(n, d)`: float32 `(n,)`."""
    import numkong

    if not len(codes):
        return np.empty(0, np.float32)
    dots: Vectors = np.asarray(numkong.cdist(query, codes, "dot", out_dtype="f32"))
    return dots.reshape(-1)
