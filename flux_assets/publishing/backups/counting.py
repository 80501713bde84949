"""How many rows a file holds, whatever kind of file it is."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

SQLITE = frozenset({".db", ".sqlite"})


class Uncountable(Exception):
    """A file is not what its name says."""


def rows_in(file: Path) -> dict[str, int]:
    """`rows` of a Parquet file, `lines` of a log, rows by table of a database; else nothing.

    Raises:
        Uncountable: it is no such file.
    """
    try:
        return _rows_in(file)
    except (ValueError, sqlite3.Error, duckdb.Error) as error:
        raise Uncountable(str(error)) from error


def _rows_in(file: Path) -> dict[str, int]:
    if file.suffix == ".parquet":
        return {"rows": pq.read_metadata(file).num_rows}
    if file.suffix == ".jsonl":
        return {"lines": file.read_bytes().count(b"\n")}
    if file.suffix in SQLITE:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        with closing(read_alone(file)) as database:
            return _rows_of_tables(database, named)
    if file.suffix == ".duckdb":
        named = "SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_name"
        with duckdb.connect(str(file), read_only=True) as opened:
            return _rows_of_tables(opened, named)
    return {}


def _rows_of_tables(database: Any, named: str) -> dict[str, int]:
    tables = [name for (name,) in database.execute(named).fetchall()]
    count = 'SELECT count(*) FROM "{}"'
    return {name: database.execute(count.format(name)).fetchone()[0] for name in tables}


def read_alone(file: Path) -> sqlite3.Connection:
    """An SQLite file that nobody writes; leaves no other file beside it."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True)


def vectors_in(folder: Path, *, read: bool = False) -> dict[str, int]:
    """Rows of each LanceDB table of a folder; with `read`, of rows that were read, vector and all.

    Raises:
        ValueError, RuntimeError, OSError: a table cannot be read.
    """
    tables = sorted(table.stem for table in folder.glob("*.lance"))
    if not tables:
        return {}
    import lancedb

    database = lancedb.connect(folder)
    counts = {}
    for name in tables:
        table = database.open_table(name)
        batches = table.search().limit(None).to_batches() if read else ()
        counts[name] = sum(batch.num_rows for batch in batches) if read else table.count_rows()
    return counts
