"""Manifests of issues out of their assignment files: refused, or made and left byte for byte."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from flux_assets.publishing.issues.assignments import ISSUE_ID, folders
from flux_assets.publishing.issues.candidates import (
    Candidate,
    candidates_of,
    refuse_taken,
    refuse_unproven,
)
from flux_assets.publishing.issues.frames import photo_locations
from flux_assets.publishing.issues.issue_manifests import (
    ISSUE_KEY,
    ISSUE_MANIFESTS,
    IssueManifests,
    read_issue_manifest,
    read_issue_manifests,
)
from flux_assets.publishing.issues.manifest import (
    manifest_file,
    manifest_of,
    read_manifest,
    write_manifest,
)
from flux_assets.publishing.photos import join_photos
from flux_resources.data_root import DataRoot
from flux_resources.files import single_writer

DUE = ("new", "changed", "refused")  # states in which publishing may change something


@dataclass(frozen=True)
class Outcome:
    """What became of one issue: its faults, or whether its manifest changed."""

    issue_id: str
    faults: tuple[str, ...] = ()
    changed: bool = False
    frames: int = 0


def make_manifests(archive: DataRoot, issue_ids: Iterable[str]) -> list[Outcome]:
    """Publish the frames of issues; one that is refused keeps its last good manifest.

    Originals are read whole, to prove that they are what was indexed.

    Raises:
        flux_resources.files.Busy: another process is publishing.
    """
    index = photo_locations(archive.tables)
    candidates = _candidates(archive, issue_ids, index)
    for candidate in candidates:
        refuse_unproven(candidate, index, archive.paths)
    with single_writer(archive.paths.locks, "issues"):
        refuse_taken(candidates, _published(archive))
        rows = _rows(archive, candidates, index)
        return [_write(archive, candidate, rows) for candidate in candidates]


def check_issue(archive: DataRoot, issue_id: str) -> list[str]:
    """Everything for which publishing an issue would be refused; nothing is written."""
    index = photo_locations(archive.tables)
    (candidate,) = _candidates(archive, [issue_id], index)
    refuse_unproven(candidate, index, archive.paths)
    taken = replace(candidate, faults=[])
    refuse_taken([taken], _published(archive))
    return candidate.faults + taken.faults


def issue_states(archive: DataRoot) -> dict[str, str]:
    """The state of every issue that has an assignment file or was published, ascending.

    `new`, `changed` (its file, or what the archive knows of its photographs), `refused`,
    `published`, or `without file`: published from an assignment file that is gone; what was
    published stays. Originals are not read.
    """
    listed = folders(archive.paths.issues, ISSUE_ID)
    index = photo_locations(archive.tables)
    candidates = _candidates(archive, listed, index)
    refuse_taken(candidates, _published(archive))
    rows = _rows(archive, candidates, index)
    states = dict.fromkeys(archive.tables.partitions(ISSUE_MANIFESTS, ISSUE_KEY), "without file")
    for candidate in candidates:
        states[candidate.issue_id] = _state(archive, candidate, rows)
    return dict(sorted(states.items()))


def _state(archive: DataRoot, candidate: Candidate, rows: pl.DataFrame) -> str:
    if candidate.faults:
        return "refused"
    before = read_manifest(manifest_file(archive.paths, candidate.issue_id))
    own = rows.filter(pl.col("issue_id") == candidate.issue_id)
    stored = read_issue_manifest(archive.tables, candidate.issue_id)
    if before is None or stored.is_empty():
        return "new"
    same = before == manifest_of(candidate.issue_id, own, before["generated_at"])
    return "published" if same and stored.equals(own) else "changed"


def _candidates(
    archive: DataRoot, issue_ids: Iterable[str], index: pl.DataFrame
) -> list[Candidate]:
    return candidates_of((archive.paths.issues / name for name in sorted(set(issue_ids))), index)


def _published(archive: DataRoot) -> dict[str, set[str]]:
    """The photo_ids of each issue as last published."""
    frames = read_issue_manifests(archive.tables)
    return {
        issue_id: set(photo_ids)
        for issue_id, photo_ids in frames.group_by("issue_id").agg("photo_id").iter_rows()
    }


def _rows(archive: DataRoot, candidates: Iterable[Candidate], index: pl.DataFrame) -> pl.DataFrame:
    """The rows of all candidates without faults, by issue and position."""
    types = {name: column.dtype for name, column in IssueManifests.columns().items()}
    frames = pl.DataFrame(
        [
            (candidate.issue_id, position, photo_id)
            for candidate in candidates
            if not candidate.faults
            for position, photo_id in enumerate(candidate.photo_ids, 1)
        ],
        schema={name: types[name] for name in ("issue_id", "position", "photo_id")},
        orient="row",
    )
    days = index.join(frames, on="photo_id", how="semi")["day"].unique().to_list()
    facts = join_photos(archive.tables, days=days)
    joined = frames.join(facts.drop("issue_id", strict=False), on="photo_id", maintain_order="left")
    return IssueManifests.cast(joined.select(IssueManifests.column_names()))


def _write(archive: DataRoot, candidate: Candidate, rows: pl.DataFrame) -> Outcome:
    """Write the table and the manifest of one issue where they differ from what is there."""
    if candidate.faults:
        return Outcome(candidate.issue_id, tuple(candidate.faults))
    own = rows.filter(pl.col("issue_id") == candidate.issue_id)
    file = manifest_file(archive.paths, candidate.issue_id)
    changed = write_manifest(file, candidate.issue_id, own)
    if not read_issue_manifest(archive.tables, candidate.issue_id).equals(own):
        archive.tables.write_partition(
            ISSUE_MANIFESTS, ISSUE_KEY, candidate.issue_id, own, IssueManifests
        )
    return Outcome(candidate.issue_id, changed=changed, frames=own.height)
