"""The views of `flux.duckdb`: one over each product table, for any DuckDB client anywhere.

They read the Parquet files in place by absolute paths, with DuckDB's built-in reader alone. What
was never written is an empty view of the right types. Publishing makes them anew, so that they
follow an archive that has moved.

DuckDB's types are quoted in annotations, here and elsewhere: evaluated, they would outlive the
interpreter, of which DuckDB complains on the terminal.
"""

import shutil
from pathlib import Path

import dataframely as dy
import duckdb
import polars as pl

from flux_assets.corpus.intake_log import INTAKE_LOG, IntakeLog
from flux_assets.keepers.matching.keeper_index import KEEPER_INDEX, KeeperIndex
from flux_assets.keepers.matching.keeper_matches import KEEPER_MATCHES, KeeperMatches
from flux_assets.keepers.taste.training_set import TRAINING_SET, TrainingSet
from flux_assets.products import PRODUCTS
from flux_assets.publishing.coverage import schemas as coverage
from flux_assets.publishing.drafts.issue_drafts import ISSUE_DRAFTS, IssueDrafts
from flux_assets.publishing.issues import catalog, issue_manifests, issue_pdfs
from flux_assets.publishing.issues.issues import ISSUES, Issues
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_assets.vision.keeper_verification import KEEPER_VERIFICATION, KeeperVerification
from flux_assets.vision.vector_index import VECTOR_INDEX, VectorIndex
from flux_resources.files import atomic_file, single_writer
from flux_resources.paths import Paths

# What people ask besides the day-partitioned products. A new table is entered here.
BY_ISSUE: dict[str, type[dy.Schema]] = {
    issue_manifests.ISSUE_MANIFESTS: issue_manifests.IssueManifests,
    issue_pdfs.ISSUE_PDFS: issue_pdfs.IssuePdfs,
}
WHOLE: dict[str, type[dy.Schema]] = {
    INTAKE_LOG: IntakeLog,
    KEEPER_INDEX: KeeperIndex,
    KEEPER_MATCHES: KeeperMatches,
    KEEPER_VERIFICATION: KeeperVerification,
    DUPLICATES: Duplicates,
    VECTOR_INDEX: VectorIndex,
    TRAINING_SET: TrainingSet,
    ISSUES: Issues,
    ISSUE_DRAFTS: IssueDrafts,
    catalog.CATALOG_ENTRIES: catalog.CatalogEntries,
    catalog.CATALOG_PHOTOGRAPHS: catalog.CatalogPhotographs,
    coverage.COVERAGE: coverage.Coverage,
    coverage.COVERAGE_GAPS: coverage.CoverageGaps,
    coverage.COVERAGE_BY: coverage.CoverageBy,
}
_FILE, _DAY_OF_FILE = "parquet_file", r"day=(.{10})[.]parquet$"


def create_views(database: "duckdb.DuckDBPyConnection", paths: Paths) -> None:
    """Create a view of every product table, or replace it, with its documentation."""
    for product in PRODUCTS:
        _create_view(database, product.name, product.schema, paths, f"{product.name}/day=*.parquet")
    for name, schema in BY_ISSUE.items():
        files = f"{name}/{issue_manifests.ISSUE_KEY}=*.parquet"
        _create_view(database, name, schema, paths, files)
    _create_whole_views(database, paths)


def show_later_tables(paths: Paths) -> None:
    """Let `flux.duckdb` show tables of the whole archive that were first written after it.

    For products that are made from `photos`. The file is swapped as in a publication, and keeps
    its time: the rows are those that it had. Before the first publication nothing is done.

    Raises:
        flux_resources.files.Busy: another process is publishing.
    """
    if not paths.duckdb.exists():
        return
    with single_writer(paths.locks, "duckdb"), atomic_file(paths.duckdb) as temporary:
        shutil.copyfile(paths.duckdb, temporary)
        with duckdb.connect(str(temporary)) as database:
            database.begin()
            _create_whole_views(database, paths)
            database.commit()
        shutil.copystat(paths.duckdb, temporary)
        close_to_writers(temporary, paths)


def close_to_writers(temporary: Path, paths: Paths) -> None:
    """Before `temporary` becomes `flux.duckdb`: no client can write to it, and no log is left.

    A log is of the file that was there, or of a client's changes: with it, no one could open this
    one.
    """
    paths.duckdb.with_name(f"{paths.duckdb.name}.wal").unlink(missing_ok=True)
    temporary.chmod(0o444)


def _create_whole_views(database: "duckdb.DuckDBPyConnection", paths: Paths) -> None:
    for name, schema in WHOLE.items():
        _create_view(database, name, schema, paths, f"{name}.parquet")


def comment_columns(
    database: "duckdb.DuckDBPyConnection", table: str, schema: type[dy.Schema]
) -> None:
    """Give the columns of a table or view their descriptions."""
    for name, column in schema.columns().items():
        text = _quoted(column.description or "")
        database.execute(f'COMMENT ON COLUMN "{table}"."{name}" IS {text}')


def _create_view(
    database: "duckdb.DuckDBPyConnection",
    name: str,
    schema: type[dy.Schema],
    paths: Paths,
    files: str,
) -> None:
    by_day = "day=" in files
    found = any(paths.tables.glob(files))
    types = {"day": "VARCHAR"} if by_day else {}
    types |= _types(database, schema)
    empty = ", ".join(f'NULL::{kind} AS "{column}"' for column, kind in types.items())
    query = f"SELECT {empty} WHERE false"
    if found:
        # Older files may lack columns: those are null.
        day = f", regexp_extract({_FILE}, '{_DAY_OF_FILE}', 1) AS day" if by_day else ""
        place = _quoted(f"{_as_pattern(str(paths.tables))}/{files}")
        query += (
            f" UNION ALL BY NAME SELECT * EXCLUDE ({_FILE}){day}"
            f" FROM read_parquet({place}, union_by_name = true, filename = '{_FILE}',"
            " hive_partitioning = false)"
        )
    columns = ", ".join(f'"{column}"' for column in types)
    database.execute(f'CREATE OR REPLACE VIEW "{name}" AS SELECT {columns} FROM ({query})')
    comment_columns(database, name, schema)


def _types(database: "duckdb.DuckDBPyConnection", schema: type[dy.Schema]) -> dict[str, str]:
    """DuckDB's type of each column; categories are text."""
    empty = schema.create_empty().with_columns(pl.col(pl.Enum).cast(pl.String))
    database.register("empty", empty.to_arrow())
    described = database.execute("DESCRIBE SELECT * FROM empty").fetchall()
    database.unregister("empty")
    return {column: kind for column, kind, *_ in described}


def _as_pattern(folder: str) -> str:
    """A glob pattern that matches just this folder, whatever its name holds."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in folder)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
