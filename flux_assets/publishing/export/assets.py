"""Exports: the published tables for other programs."""

import dagster as dg

from flux_assets.dagster_support import PUBLISHING, whole_asset
from flux_assets.publishing.assets import photos
from flux_assets.publishing.export.flux_db import export_flux_db
from flux_resources.resources import ArchiveResource


@whole_asset(group_name=PUBLISHING, kinds={"sqlite"}, deps=[photos], code_version="1")
def flux_db(archive: ArchiveResource) -> dg.MaterializeResult[None]:
    """The wiki's SQLite schema, filled and swapped into FLUX_METADATA/flux.db in one step."""
    opened = archive.open()
    rows = export_flux_db(opened)
    size = opened.paths.flux_db.stat().st_size
    return dg.MaterializeResult(
        metadata={"dagster/row_count": rows.get("photos", 0), "bytes": size, **rows}
    )
