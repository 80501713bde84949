"""Publishing: what people and other programs open."""

import dagster as dg

from flux_assets.dagster_support import DUCKDB_POOL, PUBLISHING, columns_of, whole_asset
from flux_assets.keepers.taste.assets import keeper_labels, keeper_scores
from flux_assets.metadata.assets import capture_times, estimated_places, exif, places, weather
from flux_assets.publishing.issues.assets import catalog_entries, issue_manifests
from flux_assets.publishing.photos import Photos, join_photos, publish_photos
from flux_assets.vision.assets import bursts, duplicates, tags
from flux_resources.resources import ArchiveResource


@whole_asset(
    group_name=PUBLISHING,
    kinds={"duckdb", "polars"},
    deps=[
        *(exif, places, capture_times, estimated_places, weather, tags, bursts, duplicates),
        *(keeper_labels, keeper_scores, issue_manifests, catalog_entries),
    ],
    metadata=columns_of(Photos),
    code_version="4",
    pool=DUCKDB_POOL,
)
def photos(archive: ArchiveResource) -> dg.MaterializeResult[None]:
    """One row per photograph, joined over all products, swapped into flux.duckdb in one step."""
    opened = archive.open()
    rows = publish_photos(join_photos(opened.tables), opened.paths)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rows.height,
            "with_weather": rows["weather"].count(),
            "with_place": rows["location_country"].count(),
            "with_vector": rows["embedding_id"].count(),
            "with_tags": rows["tags"].count(),
            "keepers": int(rows["keeper"].sum()),
            "with_keeper_score": rows["keeper_score"].count(),
            "in_issues": rows["issue_id"].count(),
        }
    )
