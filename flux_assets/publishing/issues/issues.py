"""`issues`: one row per published issue. Source: manifest.json and the PDF of each."""

import dataframely as dy
import polars as pl

from flux_assets.publishing.issues.issue_manifests import ISSUE_KEY, ISSUE_LENGTH, ISSUE_MANIFESTS
from flux_assets.publishing.issues.manifest import manifest_file, read_manifest
from flux_assets.publishing.issues.pdf import pdf_file
from flux_resources.data_root import DataRoot
from flux_resources.tables import TableStore

ISSUES, ISSUES_VERSION = "issues", "1"


class Issues(dy.Schema):
    """Grain: issue. Paths are relative to the data root."""

    issue_id = dy.String(primary_key=True, regex=r"^FLUX_\d{3,}$", description="`FLUX_019`.")
    generated_at = dy.String(description="UTC, ISO 8601: when its manifest last changed.")
    frame_count = dy.Int32(min=ISSUE_LENGTH, max=ISSUE_LENGTH, description="Frames.")
    manifest_path = dy.String(description="Its manifest.json.")
    pdf_path = dy.String(nullable=True, description="Its PDF; null until it is made.")


def collect_issues(archive: DataRoot) -> pl.DataFrame:
    """All published issues, ascending. One whose manifest.json is gone is left out until it is
    published again.
    """
    rows = []
    for issue_id in archive.tables.partitions(ISSUE_MANIFESTS, ISSUE_KEY):
        file, pdf = manifest_file(archive.paths, issue_id), pdf_file(archive.paths, issue_id)
        manifest = read_manifest(file)
        if manifest:
            rows.append(
                {
                    "issue_id": issue_id,
                    "generated_at": manifest["generated_at"],
                    "frame_count": len(manifest["frames"]),
                    "manifest_path": archive.paths.relative(file),
                    "pdf_path": archive.paths.relative(pdf) if pdf.exists() else None,
                }
            )
    types = {name: column.dtype for name, column in Issues.columns().items()}
    return pl.DataFrame(rows, schema=types)


def read_issues(tables: TableStore) -> pl.DataFrame:
    """The table as last materialized; no rows before that."""
    return tables.read(ISSUES, Issues)
