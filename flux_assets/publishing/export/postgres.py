"""The wiki's schema in PostgreSQL, for more than one machine. Source: as for `flux.db`.

Needs the extra `postgres` (psycopg 3). The types are the wiki's; its REAL has eight bytes in SQLite
and is DOUBLE PRECISION here.
"""

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl

from flux_assets.publishing.export.tables import wiki_tables
from flux_assets.publishing.export.wiki import statements
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

URL_VARIABLE = "FLUX_POSTGRES_URL"
_NOW = "(to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'))"
_LOCK = 0x464C5558  # "FLUX": one exporter at a time, whatever machine it runs on


class PostgresFailed(FluxError):
    """The server cannot be reached or refuses; it holds what it held before."""


def export_postgres(archive: DataRoot, url: str, schema: str = "flux") -> dict[str, int]:
    """Replace the tables below `schema` in one transaction; gives the rows of each.

    Readers see the old rows until the new ones are committed. Tables, grants and views of others
    stay; a schema that is missing is created. The same rows again change nothing that is seen.

    Raises:
        PostgresFailed: no such server, no right, or rows that do not fit. The message never
            holds the password.
        flux_assets.publishing.export.tables.NotPublished: there is no `flux.duckdb`.
    """
    rows: Counter[str] = Counter()
    with _connected(url) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _prepare(connection, schema)
        for table, part in wiki_tables(archive):
            _copy(connection, table, part)
            rows[table] += part.height
    return dict(rows)


@contextmanager
def _connected(url: str) -> "Iterator[Connection]":
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise PostgresFailed("install the extra: pip install 'flux-archive[postgres]'") from error
    try:
        told = conninfo_to_dict(url)
    except (psycopg.ProgrammingError, UnicodeDecodeError):  # they repeat the address
        raise PostgresFailed(
            "the address of the server is not understood; "
            "write it as postgresql://user:password@host:5432/database, "
            "with % and other signs of a password percent-encoded"
        ) from None
    try:
        with psycopg.connect(url) as connection:
            yield connection
    except psycopg.Error as error:
        message = str(error).strip()
        if password := told.get("password"):
            message = message.replace(str(password), "***")
        raise PostgresFailed(f"PostgreSQL: {message}") from None


def _prepare(connection: "Connection", schema: str) -> None:
    """Make the tables that are missing, and empty them all, the referring ones first."""
    from psycopg.sql import SQL, Identifier

    connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(schema)))
    connection.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(schema)))
    for statement in statements():
        translated = statement.replace(" REAL", " DOUBLE PRECISION").replace(
            "(datetime('now'))", _NOW
        )
        for kind in ("TABLE", "INDEX"):
            translated = translated.replace(f"CREATE {kind} ", f"CREATE {kind} IF NOT EXISTS ")
        connection.execute(translated.encode())
    for table in ("embeddings", "photos", "issues", "catalog_entries"):
        connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))


def _copy(connection: "Connection", table: str, part: pl.DataFrame) -> None:
    """COPY rows as CSV: a null is nothing, an empty text is quoted."""
    from psycopg.sql import SQL, Identifier

    columns = SQL(", ").join(map(Identifier, part.columns))
    command = SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        copy.write(part.write_csv(include_header=False))
