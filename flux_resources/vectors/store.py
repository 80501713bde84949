"""The vector store: one LanceDB table per model, written by one process at a time."""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from flux_resources.clip.names import table_name
from flux_resources.data_root import DataRoot
from flux_resources.files import single_writer
from flux_resources.vectors.exact import compare_all
from flux_resources.vectors.index import IndexState, build_index, index_state, set_probes
from flux_resources.vectors.rows import (
    NEAREST,
    Vectors,
    as_arrow,
    as_frame,
    new_table,
    one_of,
    schema,
    state_of,
)
from flux_resources.vectors.search import Search, by_index

_EXACT_ROWS = 200_000


class VectorStore:
    """Vectors of one model. Reading never blocks; writing takes the `vectors` lock.

    Searching is exact, or by the index where it was measured to be as good: see `nearest`.
    """

    def __init__(
        self, folder: Path, locks: Path, table: str, *, exact_rows: int = _EXACT_ROWS
    ) -> None:
        self._folder = folder
        self._locks = locks
        self.table_name = table
        self._search = Search(exact_rows)
        self._opened: tuple[Any, IndexState | None] | None = None

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
            return as_frame(schema(1).empty_table())
        return as_frame(table.search().where(one_of("day", days)).limit(None).to_arrow())

    def photo_ids(self, days: Sequence[str]) -> dict[str, list[str]]:
        """Ids of the photographs that have a vector, by day."""
        table = self._table()
        if table is None:
            return {}
        query = table.search().where(one_of("day", days)).select(["photo_id", "day"]).limit(None)
        found = pl.DataFrame(query.to_arrow()).group_by("day").agg("photo_id")
        return dict(found.select("day", "photo_id").iter_rows())

    def count(self) -> int:
        table = self._table()
        return 0 if table is None else int(table.count_rows())

    def vector_of(self, photo_id: str) -> Vectors | None:
        """The vector of one photograph, float32 `(d,)`; None if it has none."""
        table = self._table()
        if table is None:
            return None
        found = table.search().where(one_of("photo_id", [photo_id])).limit(1).to_arrow()
        return np.asarray(found["vector"][0].as_py(), np.float32) if found.num_rows else None

    def vectors_of(self, photo_ids: Sequence[str]) -> pl.DataFrame:
        """`photo_id, vector` of some photographs, in their order; those without one are left out.

        For some hundred; whole days are quicker by `rows`.
        """
        table = self._table()
        if table is None or not photo_ids:
            return pl.DataFrame(schema={"photo_id": pl.String, "vector": pl.List(pl.Float32)})
        named = table.search().where(one_of("photo_id", photo_ids)).limit(None).to_arrow()
        found = as_frame(named).select("photo_id", "vector")
        return pl.DataFrame({"photo_id": photo_ids}).join(
            found, on="photo_id", how="inner", maintain_order="left"
        )

    def replace_days(self, days: Sequence[str], rows: pl.DataFrame) -> None:
        """Make `rows` the only rows of `days`, in one commit: no reader sees a gap.

        Raises:
            flux_resources.files.Busy: another process is writing.
            ValueError: a vector does not have unit length.
        """
        data = as_arrow(rows) if rows.height else None
        with single_writer(self._locks, "vectors"):
            table = self._table()
            if data is None:
                if table is not None:
                    table.delete(one_of("day", days))
                return
            if table is None:
                table = new_table(self._database, self.table_name, len(rows["vector"][0]))
            (
                table.merge_insert("photo_id")
                .when_matched_update_all()
                .when_not_matched_insert_all()
                .when_not_matched_by_source_delete(one_of("day", days))
                .execute(data)
            )

    def nearest(
        self,
        vector: Vectors,
        limit: int,
        among: Collection[str] | pl.Series | None = None,
    ) -> pl.DataFrame:
        """The `limit` rows of highest cosine similarity: `photo_id, score`, best first.

        All rows are compared where there is no index, or the filter leaves few enough of them.
        Otherwise the index is asked, for more and more rows until enough of them pass the filter;
        where that would take longer, all rows are compared after all.

        Args:
            vector: float32 `(d,)` of unit length.
            limit: at most so many rows; equals are ordered by photo_id.
            among: photo_ids to choose from; None for all. A series saves time.
        """
        table, state = self._open()
        if table is None or limit < 1 or (among is not None and not len(among)):
            return pl.DataFrame(schema=NEAREST)
        return self._search.nearest(table, state, np.asarray(vector, np.float32), limit, among)

    def exact(self, queries: Vectors, limit: int, among: pl.Series | None = None) -> pl.DataFrame:
        """What `nearest` ought to answer to each of `queries` `(q, d)`: slow, and right.

        Returns `query` (its row), `photo_id`, `score`; best first.
        """
        return compare_all(self._table(), queries, limit, among)

    def by_index(self, vector: Vectors, limit: int, probes: int) -> pl.DataFrame:
        """What the index answers when it looks into so many partitions."""
        return by_index(self._open()[0], vector, limit, probes).head(limit)

    def sample(self, count: int) -> pl.DataFrame:
        """Rows of `count` photographs drawn at random, the same each time; all where few."""
        table = self._table()
        rows = table.count_rows()
        drawn = np.random.default_rng(0).choice(rows, min(count, rows), replace=False)
        return as_frame(table.take_offsets(np.sort(drawn).tolist()).to_arrow())

    def warm(self) -> None:
        """Read into memory what makes searches quick: once, for a process that answers many."""
        table, state = self._open()
        if table is None:
            return
        replica = self._search.replica(table)
        if state is not None:
            by_index(table, replica.mean, 1, state.partitions)

    def build_index(self) -> None:
        """Index all rows anew, whatever was indexed before.

        Raises:
            flux_resources.files.Busy: another process is writing.
        """
        with single_writer(self._locks, "vectors"):
            build_index(self._table())

    def refresh_index(self) -> None:
        """Add to the index what came since, and tidy the table up.

        Raises:
            flux_resources.files.Busy: another process is writing.
        """
        with single_writer(self._locks, "vectors"):
            self._table().optimize()

    def set_probes(self, probes: int) -> None:
        """Partitions of the index to look into from now on."""
        with single_writer(self._locks, "vectors"):
            set_probes(self._table(), probes)

    def state(self) -> str:
        """Another one after each change of rows or index; of a table made anew as well."""
        table = self._table()
        return "" if table is None else "{!r} {}".format(*state_of(table))

    def index_state(self) -> IndexState | None:
        """None where there is no index."""
        return self._open()[1]

    def _open(self) -> tuple[Any, IndexState | None]:
        """The table at its latest version and its index; both stay until a new version."""
        table = self._table()
        if table is None:
            return None, None
        opened = self._opened
        if opened is None or state_of(opened[0]) != state_of(table):
            opened = self._opened = table, index_state(table)
        return opened


def active_vectors(archive: DataRoot) -> VectorStore:
    """The vectors of the model that the archive's settings name."""
    table = table_name(archive.settings.vision.model)
    exact_rows = archive.settings.search.exact_rows
    return VectorStore(archive.paths.vectors, archive.paths.locks, table, exact_rows=exact_rows)
