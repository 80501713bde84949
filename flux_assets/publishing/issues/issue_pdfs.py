"""`issue_pdfs`: the PDF of each issue, made again only when its manifest or its layout changed."""

from collections.abc import Iterable
from typing import Any

import dataframely as dy
import polars as pl

from flux_assets.publishing.issues.edition import Edition, spaced
from flux_assets.publishing.issues.frames import photo_locations
from flux_assets.publishing.issues.issue_manifests import (
    ISSUE_KEY,
    ISSUE_MANIFESTS,
    IssueRefused,
    read_issue_manifest,
)
from flux_assets.publishing.issues.manifest import manifest_file, read_manifest
from flux_assets.publishing.issues.pdf import LAYOUT_VERSION, fingerprint_of, pdf_file, write_pdf
from flux_assets.publishing.issues.prints import Original
from flux_assets.publishing.issues.publish import Outcome
from flux_assets.publishing.photos import join_photos
from flux_resources.data_root import DataRoot

ISSUE_PDFS, ISSUE_PDFS_VERSION = "issue_pdfs", LAYOUT_VERSION


class IssuePdfs(dy.Schema):
    """Grain: issue. What the PDF was made from, and how large it is."""

    issue_id = dy.String(primary_key=True, regex=r"^FLUX_\d{3,}$", description="`FLUX_019`.")
    pdf_path = dy.String(description="Relative to the data root.")
    bytes = dy.Int64(min=1, description="Size of the file.")
    fingerprint = dy.String(description="Digest of manifest, cameras, photographer and layout.")


def make_pdfs(archive: DataRoot, issue_ids: Iterable[str]) -> list[Outcome]:
    """Make the PDFs that are not up to date; an issue that cannot be printed keeps its last one."""
    index = photo_locations(archive.tables)
    return [_make(archive, issue_id, index) for issue_id in issue_ids]


def pdfs_to_make(archive: DataRoot) -> list[str]:
    """Published issues whose manifest.json is newer than their PDF, or that have none."""
    found = []
    for issue_id in archive.tables.partitions(ISSUE_MANIFESTS, ISSUE_KEY):
        manifest, pdf = manifest_file(archive.paths, issue_id), pdf_file(archive.paths, issue_id)
        if manifest.exists() and (
            not pdf.exists() or pdf.stat().st_mtime_ns < manifest.stat().st_mtime_ns
        ):
            found.append(issue_id)
    return found


def _make(archive: DataRoot, issue_id: str, index: pl.DataFrame) -> Outcome:
    manifest = read_manifest(manifest_file(archive.paths, issue_id))
    rows = read_issue_manifest(archive.tables, issue_id).sort("position")
    if manifest is None or rows.is_empty():
        fault = f"{issue_id} has no manifest; publish it first: flux issues publish {issue_id}"
        return Outcome(issue_id, (fault,))
    if [frame.get("sha256") for frame in manifest["frames"]] != rows["sha256"].to_list():
        fault = f"{issue_id}: manifest.json and its table differ; publish it again"
        return Outcome(issue_id, (fault,))
    places = index.select("photo_id", "path", "format", "day")
    proven = rows.select("photo_id", "sha256")
    located = proven.join(places, on="photo_id", how="left", maintain_order="left")
    gone = located.filter(pl.col("path").is_null())["photo_id"].to_list()
    if gone:
        fault = f"{issue_id}: no longer in the archive: {', '.join(gone)}"
        return Outcome(issue_id, (fault,))
    edition = _edition(archive, manifest, located)
    file, fingerprint = pdf_file(archive.paths, issue_id), fingerprint_of(edition)
    before = archive.tables.read_partition(ISSUE_PDFS, ISSUE_KEY, issue_id, IssuePdfs)
    size = file.stat().st_size if file.exists() else 0
    if before.select("bytes", "fingerprint").rows() == [(size, fingerprint)]:
        return Outcome(issue_id, frames=rows.height)
    try:
        size = write_pdf(file, edition, _originals(archive, located))
    except IssueRefused as error:
        return Outcome(issue_id, (f"{issue_id}: {error}",))
    row = pl.DataFrame(
        [(issue_id, archive.paths.relative(file), size, fingerprint)],
        schema={name: column.dtype for name, column in IssuePdfs.columns().items()},
        orient="row",
    )
    archive.tables.write_partition(ISSUE_PDFS, ISSUE_KEY, issue_id, row, IssuePdfs)
    return Outcome(issue_id, changed=True, frames=rows.height)


def _edition(archive: DataRoot, manifest: dict[str, Any], located: pl.DataFrame) -> Edition:
    facts = join_photos(archive.tables, days=located["day"].unique().to_list())
    taken = facts.join(located, on="photo_id", how="semi").select("camera_make", "camera_model")
    cameras = taken.select(
        pl.concat_str("camera_make", "camera_model", separator=" ", ignore_nulls=True)
    ).to_series()
    return Edition(
        manifest,
        spaced(archive.settings.intake.photographer),
        tuple(sorted({camera for camera in cameras if camera})),
    )


def _originals(archive: DataRoot, located: pl.DataFrame) -> list[Original]:
    return [
        Original(archive.paths.absolute(path), image_format, sha256)
        for path, image_format, sha256 in located.select("path", "format", "sha256").iter_rows()
    ]
