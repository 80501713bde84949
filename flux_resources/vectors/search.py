"""The nearest vectors: exact whenever that is quick, else by the index."""

from collections.abc import Collection
from math import ceil
from threading import Lock
from typing import Any

import polars as pl

from flux_resources.vectors.index import IndexState, near
from flux_resources.vectors.replica import Replica
from flux_resources.vectors.rows import Vectors, as_series, one_of, ranked, state_of

_SPARE = 128  # rows beyond those asked for, since a shortlist is made from rounded vectors
_FEW = 1_000  # rows that are read by name rather than loading the replica
_UNINDEXED = 10_000  # rows that a search of the index may compare one by one
_DOZEN = 12  # hits that the probes of an index are chosen for
_SHORTLIST = 700  # rows beyond which comparing all is quicker than the index


class Search:
    """Searches a table, and keeps in memory what makes it quick.

    A shortlist is made from rounded vectors, by the index or by comparing all rows; the float32
    vectors of the shortlist are read, and order it.
    """

    def __init__(self, exact_rows: int) -> None:
        self._exact_rows = exact_rows
        self._replica: Replica | None = None
        self._reading = Lock()

    def nearest(
        self,
        table: Any,
        state: IndexState | None,
        vector: Vectors,
        limit: int,
        among: Collection[str] | pl.Series | None,
    ) -> pl.DataFrame:
        """`photo_id, score`, best first; without a `state` every row is compared."""
        if state is not None and (among is None or len(among) > self._exact_rows):
            found = _enough_by_index(table, state, vector, limit, among)
            if found is not None:
                return found
        if among is not None and len(among) <= _FEW and self._replica is None:
            wanted = table.search().where(one_of("photo_id", among)).limit(None)
            return ranked(wanted.select(["photo_id", "vector"]).to_arrow(), vector).head(limit)
        replica = self.replica(table)
        return ranked(replica.likeliest(vector, limit + _SPARE, among), vector).head(limit)

    def replica(self, table: Any) -> Replica:
        """The replica of this version, brought up to date by one thread at a time."""
        with self._reading:
            if self._replica is None:
                self._replica = Replica.read(table)
            elif state_of(self._replica.table) != state_of(table):
                self._replica = self._replica.updated(table)
            return self._replica


def by_index(table: Any, vector: Vectors, limit: int, probes: int) -> pl.DataFrame:
    """`photo_id, score` of about the `limit` nearest rows, from so many partitions."""
    return ranked(near(table, vector, limit + _SPARE, probes), vector)


def _enough_by_index(
    table: Any,
    state: IndexState,
    vector: Vectors,
    limit: int,
    among: Collection[str] | pl.Series | None,
) -> pl.DataFrame | None:
    """Asks for more and more rows, with more probes, until enough of them pass the filter.

    None where comparing all is quicker, or where the last of the shortlist is as good as the last
    hit: others as good may lie beyond it.
    """
    rows = state.indexed + state.unindexed
    wanted = None if among is None else as_series(among).hash()
    count = limit if among is None else int(1.5 * limit * max(1.0, rows / len(among)))
    while count + _SPARE <= min(_SHORTLIST, rows) and state.unindexed <= _UNINDEXED:
        probes = min(state.partitions, state.probes * ceil(count / _DOZEN))
        found = by_index(table, vector, count, probes)
        passing = found.head(count)
        if wanted is not None:
            hits = passing["photo_id"].hash()
            present = wanted.filter(wanted.is_in(hits.implode()))  # a set of the fewer is quicker
            passing = passing.filter(hits.is_in(present.implode()))
        if passing.height >= limit and passing["score"][limit - 1] > found["score"][-1]:
            return passing.head(limit)
        count *= 4
    return None
