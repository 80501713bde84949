"""`flux.db`: the archive in the wiki's SQLite schema. Source: `flux.duckdb`, product tables."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing

import polars as pl

from flux_assets.publishing.export.tables import wiki_tables
from flux_assets.publishing.export.wiki import statements
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.files import atomic_file, single_writer

# The file is new and nobody else sees it before it is whole: there is nothing to roll back to.
_BUILDING = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -131072",  # 128 MiB
)
_BESIDE = ("-wal", "-shm", "-journal")


class ExportFailed(FluxError):
    """The rows do not fit the schema; the last good `flux.db` is kept."""


def export_flux_db(archive: DataRoot) -> dict[str, int]:
    """Swap a new `flux.db` into place; gives the rows of each table.

    Open readers go on with the file they have.

    Raises:
        ExportFailed: rows break the schema, or the new file is not sound.
        flux_assets.publishing.export.tables.NotPublished: there is no `flux.duckdb`.
        flux_resources.files.Busy: another process is exporting.
    """
    target = archive.paths.flux_db
    with single_writer(archive.paths.locks, "flux_db"), atomic_file(target) as temporary:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as database:
            for pragma in _BUILDING:
                database.execute(pragma)
            try:
                rows = _fill(database, wiki_tables(archive))
            except sqlite3.IntegrityError as error:
                raise ExportFailed(
                    f"{target} stays as it was: {error}; run: flux materialize --select photos"
                ) from error
            _prove(database)
        for ending in _BESIDE:  # of a client that is gone: they would be applied to the new file
            target.with_name(target.name + ending).unlink(missing_ok=True)
    return rows


def _fill(
    database: sqlite3.Connection, tables: Iterable[tuple[str, pl.DataFrame]]
) -> dict[str, int]:
    """Create the tables, insert the rows, then build the indexes: that is faster than together."""
    ddl = statements()
    rows: Counter[str] = Counter()
    database.execute("BEGIN")
    for statement in ddl:
        if statement.startswith("CREATE TABLE"):
            database.execute(statement)
    for table, part in tables:
        values = ", ".join("?" * part.width)
        insert = f"INSERT INTO {table} ({', '.join(part.columns)}) VALUES ({values})"
        database.executemany(insert, part.iter_rows())
        rows[table] += part.height
    for statement in ddl:
        if not statement.startswith("CREATE TABLE"):
            database.execute(statement)
    database.execute("COMMIT")
    return dict(rows)


def _prove(database: sqlite3.Connection) -> None:
    dangling = database.execute("PRAGMA foreign_key_check").fetchall()
    if dangling:
        raise ExportFailed(f"{len(dangling)} rows of {dangling[0][0]} name no row that exists")
    (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise ExportFailed(f"the new flux.db is not sound: {verdict}; check the disk")
