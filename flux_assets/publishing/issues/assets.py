"""Publishing: issues, their PDFs, and the catalog."""

from collections.abc import Sequence
from functools import partial

import dagster as dg

from flux_assets.corpus.assets import photo_index
from flux_assets.dagster_support import PUBLISHING, columns_of, whole_asset
from flux_assets.metadata.assets import capture_times, estimated_places, exif, places
from flux_assets.partitions import ISSUE_BACKFILL
from flux_assets.partitions import issues as issue_ids
from flux_assets.publishing.issues import catalog
from flux_assets.publishing.issues.issue_manifests import ISSUE_MANIFESTS_VERSION, IssueManifests
from flux_assets.publishing.issues.issue_pdfs import ISSUE_PDFS_VERSION, IssuePdfs, make_pdfs
from flux_assets.publishing.issues.issues import ISSUES, ISSUES_VERSION, Issues, collect_issues
from flux_assets.publishing.issues.publish import Outcome, make_manifests
from flux_resources.resources import ArchiveResource

issue_asset = partial(
    whole_asset, group_name=PUBLISHING, partitions_def=issue_ids, backfill_policy=ISSUE_BACKFILL
)


@issue_asset(
    kinds={"polars", "parquet"},
    deps=[
        dg.AssetDep(product, partition_mapping=dg.AllPartitionMapping())
        for product in (photo_index, exif, places, capture_times, estimated_places)
    ],
    metadata=columns_of(IssueManifests),
    code_version=ISSUE_MANIFESTS_VERSION,
)
def issue_manifests(context: dg.AssetExecutionContext, archive: ArchiveResource) -> None:
    """The 36 frames of each issue as its assignment file lists them, proven by their hashes."""
    _record(context, make_manifests(archive.open(), context.partition_keys))


@issue_asset(
    kinds={"python", "pdf"},
    deps=[issue_manifests],
    metadata=columns_of(IssuePdfs),
    code_version=ISSUE_PDFS_VERSION,
)
def issue_pdfs(context: dg.AssetExecutionContext, archive: ArchiveResource) -> None:
    """A PDF of 43 pages per issue; made again only when the manifest or the layout changed."""
    _record(context, make_pdfs(archive.open(), context.partition_keys))


@whole_asset(
    group_name=PUBLISHING,
    kinds={"polars", "parquet"},
    deps=[issue_manifests, issue_pdfs],
    metadata=columns_of(Issues),
    code_version=ISSUES_VERSION,
)
def issues(archive: ArchiveResource) -> dg.MaterializeResult[None]:
    """One row per published issue: its manifest and its PDF."""
    opened = archive.open()
    rows = collect_issues(opened)
    opened.tables.write(ISSUES, rows, Issues)
    return dg.MaterializeResult(
        metadata={"dagster/row_count": rows.height, "with_pdf": rows["pdf_path"].count()}
    )


@whole_asset(
    group_name=PUBLISHING,
    kinds={"csv", "parquet"},
    deps=[photo_index],
    metadata=columns_of(catalog.CatalogEntries),
    code_version=catalog.CATALOG_VERSION,
)
def catalog_entries(archive: ArchiveResource) -> dg.MaterializeResult[None]:
    """The publications in catalog.csv, and which photographs they show."""
    opened = archive.open()
    entries, links = catalog.read_catalog(opened)
    opened.tables.write(catalog.CATALOG_PHOTOGRAPHS, links, catalog.CatalogPhotographs)
    opened.tables.write(catalog.CATALOG_ENTRIES, entries, catalog.CatalogEntries)
    return dg.MaterializeResult(
        metadata={"dagster/row_count": entries.height, "photographs": links.height}
    )


def _record(context: dg.AssetExecutionContext, outcomes: Sequence[Outcome]) -> None:
    """Numbers for each issue; where some are refused, only the others count as materialized.

    Raises:
        dagster.Failure: names every issue that was refused, and why.
    """
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    for outcome in outcomes:
        numbers = {"frames": outcome.frames, "changed": outcome.changed}
        if not faults:
            context.add_asset_metadata(numbers, partition_key=outcome.issue_id)
        elif not outcome.faults:
            context.log_event(
                dg.AssetMaterialization(
                    context.asset_key, metadata=numbers, partition=outcome.issue_id
                )
            )
    if faults:
        raise dg.Failure("\n".join(faults), allow_retries=False)
