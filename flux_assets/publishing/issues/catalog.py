"""The catalog: publications beside the issues, and the photographs they show.

FLUX_ISSUES/catalog.csv has the columns of `CatalogEntries`; FLUX_ISSUES/CAT_007/frames.txt (or
.csv, .json), where there is one, lists the photographs of an entry, any number of them.
"""

import csv
import io
from datetime import datetime

import dataframely as dy
import polars as pl

from flux_assets.publishing.issues.assignments import CATALOG_ID, folders
from flux_assets.publishing.issues.candidates import candidates_of, refuse_taken
from flux_assets.publishing.issues.frames import photo_locations
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.tables import TableStore

CATALOG_ENTRIES, CATALOG_PHOTOGRAPHS, CATALOG_VERSION = (
    *("catalog_entries", "catalog_photographs"),
    "1",
)


class CatalogRefused(FluxError):
    """The catalog cannot be read as it stands; each line names file, line and remedy."""


class CatalogEntries(dy.Schema):
    """Grain: publication. Source: catalog.csv; empty cells are null."""

    catalog_id = dy.String(primary_key=True, regex=r"^CAT_\d{3,}$", description="`CAT_007`.")
    photographer = dy.String(nullable=True, description="Who took the photographs.")
    title = dy.String(nullable=True, description="Title of the publication.")
    submitted_at = dy.String(nullable=True, description="Date or time, ISO 8601.")
    pdf_path = dy.String(nullable=True, description="Its PDF, as written in catalog.csv.")
    s3_key = dy.String(nullable=True, description="Its object in the store.")


class CatalogPhotographs(dy.Schema):
    """Grain: photograph of a publication; a photograph is in one at most."""

    catalog_id = dy.String(regex=r"^CAT_\d{3,}$", description="`CAT_007`.")
    photo_id = dy.String(primary_key=True, description="Photograph of the archive.")


def read_catalog(archive: DataRoot) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Entries and links: `CatalogEntries` and `CatalogPhotographs`, by catalog_id.

    Raises:
        CatalogRefused: a line is wrong, or names a photograph that is unknown, ambiguous, or in
            another entry; all faults at once.
    """
    entries, faults = _entries(archive)
    listed = folders(archive.paths.issues, CATALOG_ID)
    faults += [
        f"{archive.paths.issues / name}: there is no line {name} in catalog.csv; add one"
        for name in listed
        if name not in set(entries["catalog_id"])
    ]
    index = photo_locations(archive.tables)
    candidates = candidates_of((archive.paths.issues / name for name in listed), index, length=None)
    refuse_taken(candidates, {})
    faults += [fault for candidate in candidates for fault in candidate.faults]
    if faults:
        raise CatalogRefused("\n".join(faults))
    links = [
        (candidate.issue_id, photo_id)
        for candidate in candidates
        for photo_id in sorted(candidate.photographs)
    ]
    types = {name: column.dtype for name, column in CatalogPhotographs.columns().items()}
    return entries, pl.DataFrame(links, schema=types, orient="row")


def read_catalog_entries(tables: TableStore) -> pl.DataFrame:
    """The entries as last materialized; no rows before that."""
    return tables.read(CATALOG_ENTRIES, CatalogEntries)


def read_catalog_photographs(tables: TableStore) -> pl.DataFrame:
    """The links as last materialized; no rows before that."""
    return tables.read(CATALOG_PHOTOGRAPHS, CatalogPhotographs)


def _entries(archive: DataRoot) -> tuple[pl.DataFrame, list[str]]:
    """The rows of catalog.csv that can be used, and what is wrong with the others."""
    file = archive.paths.issues / "catalog.csv"
    names = CatalogEntries.column_names()
    empty = CatalogEntries.create_empty()
    if not file.exists():
        return empty, []
    try:
        text = file.read_bytes().decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        if sorted(reader.fieldnames or []) != sorted(names):
            return empty, [f"{file}, line 1: the header must be {','.join(names)}"]
        rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return empty, [f"{file}: cannot be read: {error}"]
    faults, good = [], {}
    for line, row in rows:
        fault = _fault_of(row) or (row["catalog_id"] in good and "this catalog_id stands above")
        if fault:
            faults.append(f"{file}, line {line}: {fault}")
        else:
            good[row["catalog_id"]] = {name: row[name].strip() or None for name in names}
    entries = pl.DataFrame(list(good.values()), schema=dict.fromkeys(names, pl.String))
    return entries.sort("catalog_id"), faults


def _fault_of(row: dict[str, str]) -> str | None:
    if None in row or None in row.values():
        return "it must have as many cells as the header"
    if not CATALOG_ID.fullmatch(row["catalog_id"]):
        return f"catalog_id must be like CAT_007, not {row['catalog_id']!r}"
    try:
        if row["submitted_at"].strip():
            datetime.fromisoformat(row["submitted_at"].strip())
    except ValueError:
        return f"submitted_at must be like 2026-05-13, not {row['submitted_at']!r}"
    return None
