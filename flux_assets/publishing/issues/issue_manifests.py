"""`issue_manifests`: the frames of each published issue. Grain: frame; one file per issue."""

import dataframely as dy
import polars as pl

from flux_resources.errors import FluxError
from flux_resources.tables import TableStore

ISSUE_MANIFESTS, ISSUE_MANIFESTS_VERSION = "issue_manifests", "1"
ISSUE_KEY = "issue"  # of the table's files: issue=FLUX_019.parquet
ISSUE_LENGTH = 36  # frames: one roll of film


class IssueRefused(FluxError):
    """An issue cannot be published as it stands; each line names file, line and remedy."""


class IssueManifests(dy.Schema):
    """Grain: frame of an issue. Source: assignment files, `photo_index`, and what `photos` says."""

    issue_id = dy.String(primary_key=True, regex=r"^FLUX_\d{3,}$", description="`FLUX_019`.")
    position = dy.Int32(primary_key=True, min=1, max=ISSUE_LENGTH, description="From 1.")
    photo_id = dy.String(unique=True, description="Photograph of the archive.")
    filename = dy.String(description="Name of the original when the manifest was made.")
    sha256 = dy.String(regex="^[0-9a-f]{64}$", description="Digest of the original, proven.")
    captured_at = dy.Datetime(time_unit="ms", description="Resolved local time at the place.")
    lat = dy.Float64(nullable=True, description="Degrees north; measured or given, not estimated.")
    lon = dy.Float64(nullable=True, description="Degrees east; measured or given, not estimated.")
    location_city = dy.String(nullable=True, description="Place it belongs to.")
    location_country = dy.String(nullable=True, description="English country name.")


def read_issue_manifests(tables: TableStore) -> pl.DataFrame:
    """The frames of all published issues, by issue and position."""
    frames = [
        read_issue_manifest(tables, issue_id)
        for issue_id in tables.partitions(ISSUE_MANIFESTS, ISSUE_KEY)
    ]
    return pl.concat([IssueManifests.create_empty(), *frames])


def read_issue_manifest(tables: TableStore, issue_id: str) -> pl.DataFrame:
    """The frames of one issue by position; no rows where it was never published."""
    return tables.read_partition(ISSUE_MANIFESTS, ISSUE_KEY, issue_id, IssueManifests)
