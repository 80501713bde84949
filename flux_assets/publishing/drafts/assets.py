"""Proposals of issues. Nothing here publishes: `flux draft accept` makes one an assignment."""

import dagster as dg

from flux_assets.dagster_support import DUCKDB_POOL, PUBLISHING, columns_of, whole_asset
from flux_assets.publishing.assets import photos
from flux_assets.publishing.drafts.issue_drafts import IssueDrafts
from flux_assets.publishing.drafts.propose import propose
from flux_assets.publishing.drafts.request import Request, TooFew
from flux_assets.publishing.views import show_later_tables
from flux_assets.search import Archive
from flux_resources.resources import ArchiveResource


class DraftConfig(dg.Config):
    """What to propose: a theme in words, first and last day (`2022-01-15`); empty asks nothing."""

    theme: str = ""
    first_day: str = ""
    last_day: str = ""


@whole_asset(
    group_name=PUBLISHING,
    kinds={"polars", "parquet"},
    deps=[photos],
    metadata=columns_of(IssueDrafts),
    code_version="1",
    pool=DUCKDB_POOL,
)
def issue_drafts(
    context: dg.AssetExecutionContext, archive: ArchiveResource, config: DraftConfig
) -> dg.MaterializeResult[None]:
    """Proposals of 36 unpublished photographs, in order, each with its reason."""
    opened = archive.open()
    request = Request.of(config.theme, config.first_day, config.last_day)
    try:
        frames = propose(opened, Archive(opened.paths.root), request)
    except TooFew as few:
        context.log.warning(str(few))
        return dg.MaterializeResult(metadata={"proposed": False, "reason": str(few)})
    show_later_tables(opened.paths)
    name = frames["draft_id"][0]
    return dg.MaterializeResult(
        metadata={
            "proposed": True,
            "draft": name,
            "of": str(request),
            "keepers": int(frames["keeper"].sum()),
            "places": frames["location_city"].n_unique(),
            "sheet": dg.MetadataValue.path(opened.paths.draft_sheet(name)),
        }
    )
