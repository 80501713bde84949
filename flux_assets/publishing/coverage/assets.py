"""Coverage: what the archive has, lacks, and what closes the gaps."""

import dagster as dg

from flux_assets.dagster_support import DUCKDB_POOL, PUBLISHING, columns_of, whole_asset
from flux_assets.publishing.assets import photos
from flux_assets.publishing.coverage.html import write_html
from flux_assets.publishing.coverage.markdown import as_markdown
from flux_assets.publishing.coverage.measure import measure_coverage, write_tables
from flux_assets.publishing.coverage.schemas import COVERAGE_VERSION, Coverage
from flux_assets.publishing.export.assets import flux_db
from flux_assets.publishing.views import show_later_tables
from flux_assets.vision.assets import keeper_verification, vector_index
from flux_resources.resources import ArchiveResource


@whole_asset(
    group_name=PUBLISHING,
    kinds={"polars", "parquet"},
    deps=[photos, flux_db, vector_index, keeper_verification],
    metadata=columns_of(Coverage),
    code_version=COVERAGE_VERSION,
    pool=DUCKDB_POOL,
)
def coverage(archive: ArchiveResource) -> dg.MaterializeResult[None]:
    """What each product has, lacks and failed at, why, and what closes it; as tables and a page."""
    opened = archive.open()
    measured = measure_coverage(opened)
    write_tables(measured, opened.tables)
    write_html(measured, opened.paths.coverage_page)
    show_later_tables(opened.paths)
    shares = measured.products.select("product", "share").drop_nulls()
    return dg.MaterializeResult(
        metadata={
            "photographs": measured.photographs,
            "open_gaps": measured.gaps["priority"].count(),
            "page": dg.MetadataValue.path(opened.paths.coverage_page),
            "report": dg.MetadataValue.md(as_markdown(measured)),
            **dict(shares.iter_rows()),
        }
    )
