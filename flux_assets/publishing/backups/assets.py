"""The nightly backup."""

import dagster as dg

from flux_assets.dagster_support import PUBLISHING, whole_asset
from flux_assets.publishing.backups.create import create_backup
from flux_assets.publishing.coverage.assets import coverage
from flux_assets.publishing.drafts.assets import issue_drafts
from flux_assets.publishing.export.assets import flux_db
from flux_resources.resources import ArchiveResource


@whole_asset(
    group_name=PUBLISHING,
    kinds={"file"},
    deps=[flux_db, issue_drafts, coverage],
    code_version="1",
)
def backups(archive: ArchiveResource) -> dg.MaterializeResult[None]:
    """Everything but photographs and what can be made again, in FLUX_METADATA/backups."""
    made = create_backup(archive.open())
    return dg.MaterializeResult(
        metadata={
            "name": made.backup.name,
            "files": len(made.backup.entries),
            "bytes": made.backup.bytes,
            "new_bytes": made.backup.new_bytes,
            "seconds": made.backup.seconds,
            "vectors": sum(made.backup.vectors.values()),
            "removed": made.removed,
            "warnings": made.warnings,
        }
    )
