"""The contenders of `benchmarks.search`. Each fills its own store, and opens it anew to search."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl

from benchmarks.search_data import HITS, PLACES, Filter, Floats, rows_of
from flux_assets.vision.vector_index import queries_of, tune
from flux_resources.settings_sections import SearchSettings
from flux_resources.vectors import VectorStore

_COMMIT = 50_000
_COLUMNS = ["everything", *PLACES, *(f"any_{place}" for place in PLACES)]
Answer = Callable[[Floats], list[int]]


class Peer(Protocol):
    """Fills a store and answers with row numbers."""

    def __init__(self, folder: Path) -> None: ...

    def fill(self, vectors: Floats, facts: pl.DataFrame) -> None: ...

    def index(self) -> None: ...

    def searcher(self, chosen: Filter, facts: pl.DataFrame) -> Answer:
        """What is done once per filter is not measured, the passing of its photo_ids is."""


class Flux:
    """`VectorStore.nearest`, with filters as lists of photo_ids."""

    def __init__(self, folder: Path) -> None:
        self.store = VectorStore(folder / "flux", folder / "locks", "mini")

    def fill(self, vectors: Floats, facts: pl.DataFrame) -> None:
        ordered = facts.with_row_index("row").sort("day")
        for start in range(0, len(vectors), _COMMIT):
            part = ordered.slice(start, _COMMIT)
            rows = part.select("day", "photo_id", sha256="photo_id").with_columns(
                pl.Series("vector", vectors[part["row"].to_numpy()]).cast(pl.List(pl.Float32))
            )
            days = part["day"].unique()
            kept = self.store.rows(days).select(rows.columns)
            self.store.replace_days(days.to_list(), pl.concat([kept, rows]))

    def index(self) -> None:
        self.store.build_index()
        nothing = np.empty((0, 1), np.float32)
        tune(self.store, queries_of(self.store, nothing), SearchSettings())

    def searcher(self, chosen: Filter, facts: pl.DataFrame) -> Answer:
        self.store.warm()
        row_of = {name: row for row, name in enumerate(facts["photo_id"])}
        among = None
        if chosen.column is not None:
            among = facts["photo_id"].gather(rows_of(chosen, facts)).to_list()

        def answer(query: Floats) -> list[int]:
            return [row_of[name] for name in self.store.nearest(query, HITS, among)["photo_id"]]

        return answer


class NumpyExact:
    """All float32 vectors in memory; filters are known as row numbers."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "vectors.npy"
        self._vectors: Floats | None = None

    def fill(self, vectors: Floats, facts: pl.DataFrame) -> None: ...

    def index(self) -> None: ...

    def searcher(self, chosen: Filter, facts: pl.DataFrame) -> Answer:
        if self._vectors is None:
            self._vectors = np.load(self._file)
        vectors, rows = self._vectors, rows_of(chosen, facts)

        def answer(query: Floats) -> list[int]:
            scores = vectors @ query if len(rows) == len(vectors) else vectors[rows] @ query
            hits = min(HITS, len(scores))
            found: list[int] = rows[np.argpartition(scores, -hits)[-hits:]].tolist()
            return found

        return answer


class LanceDefaults:
    """LanceDB with the metadata in its table, an index and queries as they come."""

    def __init__(self, folder: Path) -> None:
        import lancedb

        self._database = lancedb.connect(folder / "lance")

    def fill(self, vectors: Floats, facts: pl.DataFrame) -> None:
        import pyarrow as pa

        table: Any = None
        for start in range(0, len(vectors), _COMMIT):
            part = facts.slice(start, _COMMIT).select(_COLUMNS).with_row_index("row", start)
            column = pa.array(np.ascontiguousarray(vectors[start : start + _COMMIT]).ravel())
            rows = part.to_arrow().append_column(
                "vector", pa.FixedSizeListArray.from_arrays(column, vectors.shape[1])
            )
            if table is None:
                table = self._database.create_table("photos", rows)
            else:
                table.add(rows)

    def index(self) -> None:
        from lancedb.index import IvfPq

        self._database.open_table("photos").create_index("vector", config=IvfPq())

    def searcher(self, chosen: Filter, facts: pl.DataFrame) -> Answer:
        table = self._database.open_table("photos")

        def answer(query: Floats) -> list[int]:
            search = table.search(query).limit(HITS)
            if chosen.column is not None:
                search = search.where(f"{chosen.column} = {chosen.value}")
            found: list[int] = search.select(["row", "_distance"]).to_arrow()["row"].to_pylist()
            return found

        return answer


class SqliteVec:
    """A `vec0` table with the metadata in columns of its own."""

    def __init__(self, folder: Path) -> None:
        import apsw

        self._database = apsw.Connection(str(folder / "vectors.sqlite"))
        self._database.enable_load_extension(True)
        self._database.load_extension(importlib.import_module("sqlite_vec").loadable_path())

    def fill(self, vectors: Floats, facts: pl.DataFrame) -> None:
        columns = ", ".join(f"{name} integer" for name in _COLUMNS)
        vector = f"embedding float[{vectors.shape[1]}] distance_metric=cosine"
        self._database.execute(f"CREATE VIRTUAL TABLE photos USING vec0({vector}, {columns})")
        places = ", ".join("?" * (len(_COLUMNS) + 2))
        insert = f"INSERT INTO photos(rowid, embedding, {', '.join(_COLUMNS)}) VALUES ({places})"
        numbers = facts.select(_COLUMNS).iter_rows()
        with self._database:
            self._database.executemany(
                insert,
                ((row, vectors[row].tobytes(), *values) for row, values in enumerate(numbers)),
            )

    def index(self) -> None: ...

    def searcher(self, chosen: Filter, facts: pl.DataFrame) -> Answer:
        where = "" if chosen.column is None else f" AND {chosen.column} = {chosen.value}"
        sql = f"SELECT rowid FROM photos WHERE embedding MATCH ? AND k = {HITS}{where}"

        def answer(query: Floats) -> list[int]:
            return [row for (row,) in self._database.execute(sql, [query.tobytes()])]

        return answer


PEERS: dict[str, type[Peer]] = {
    "flux": Flux,
    "numpy exact": NumpyExact,
    "LanceDB defaults": LanceDefaults,
    "sqlite-vec": SqliteVec,
}
