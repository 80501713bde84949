"""Makes a draft the assignment file of an issue. A person edits it; publishing is another step."""

import re

import polars as pl

from flux_assets.publishing.drafts.issue_drafts import (
    ISSUE_DRAFTS,
    LOCK,
    IssueDrafts,
    asked_of,
    one_draft,
    read_drafts,
    write_json,
)
from flux_assets.publishing.issues.assignments import AssignmentError, read_assignment
from flux_assets.publishing.photos import read_photos
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.files import atomic_file, single_writer
from flux_resources.paths import Paths

_ISSUE = re.compile(r"FLUX_(\d{3,})")
_ASSIGNMENTS = ("frames.txt", "frames.csv", "frames.json", "manifest.json")


class NotAccepted(FluxError):
    """A draft cannot become this issue; the message says why."""


def accept(archive: DataRoot, draft: str, issue: str | None = None) -> tuple[str, pl.DataFrame]:
    """Write `FLUX_ISSUES/ISSUE/frames.txt`; returns the issue and the draft's frames.

    Without `issue` the next free number is taken, or the one that an interrupted accept noted.

    Raises:
        NoSuchDraft: there is none of that id.
        NotAccepted: the issue has frames already, or its name is none; the draft was accepted
            before, or a frame of it was published meanwhile.
        flux_resources.files.Busy: another process is writing drafts.
    """
    paths = archive.paths
    with single_writer(paths.locks, LOCK):
        frames = one_draft(archive.tables, draft)
        _refuse_spent(archive, frames)
        issue = issue or frames["accepted_as"][0] or next_issue(archive)
        _refuse_taken(paths, issue)
        accepted = pl.when(pl.col("draft_id") == draft).then(pl.lit(issue))
        known = read_drafts(archive.tables).with_columns(
            accepted_as=accepted.otherwise(pl.col("accepted_as"))
        )
        archive.tables.write(ISSUE_DRAFTS, known, IssueDrafts)
        frames = one_draft(archive.tables, draft)
        write_json(frames, paths)
        with atomic_file(paths.issues / issue / "frames.txt") as temporary:
            temporary.write_text(assignment(frames, issue), encoding="utf-8")
    return issue, frames


def unedited_issues(archive: DataRoot) -> set[str]:
    """Issues whose assignment file still lists the frames of the draft that was accepted as it."""
    rows = read_drafts(archive.tables).drop_nulls("accepted_as").sort("position")
    drafts = rows.group_by("draft_id", "accepted_as").agg("photo_id")
    return {
        issue
        for issue, photo_ids in drafts.select("accepted_as", "photo_id").iter_rows()
        if _listed(archive.paths, issue) == photo_ids
    }


def assignment(frames: pl.DataFrame, issue: str) -> str:
    """An assignment file: a photo_id a line, in order; `#` begins a comment.

    Ids rather than names of files: these are the same in several folders.
    """
    lines = [
        f"# {issue}, from the draft {frames['draft_id'][0]} of {asked_of(frames)}",
        "# 36 photographs, a line each, in the order of the pages. Change them as you like.",
    ]
    for row in frames.sort("position").iter_rows(named=True):
        lines += [f"# {row['position']}. {row['reason']}", row["photo_id"]]
    return "\n".join(lines) + "\n"


def next_issue(archive: DataRoot) -> str:
    """`FLUX_NNN`, one after the highest that has a folder, a draft or a photograph."""
    folders = archive.paths.issues.iterdir() if archive.paths.issues.exists() else ()
    names = [folder.name for folder in folders]
    names += read_drafts(archive.tables)["accepted_as"].drop_nulls().to_list()
    if archive.paths.duckdb.exists():
        query = "SELECT DISTINCT issue_id FROM photos WHERE issue_id IS NOT NULL"
        names += read_photos(archive.paths, query)["issue_id"].to_list()
    numbers = [int(found[1]) for name in names if (found := _ISSUE.fullmatch(name))]
    return f"FLUX_{max(numbers, default=0) + 1:03}"


def _listed(paths: Paths, issue: str) -> list[str]:
    """What an assignment file lists; nothing where it cannot be read."""
    try:
        return [frame.text for frame in read_assignment(paths.issues / issue)[1]]
    except AssignmentError:
        return []


def _refuse_spent(archive: DataRoot, frames: pl.DataFrame) -> None:
    accepted = frames["accepted_as"][0]
    if accepted and (archive.paths.issues / accepted / "frames.txt").exists():
        raise NotAccepted(f"{frames['draft_id'][0]} is {accepted} already")
    query = (
        "SELECT photo_id, issue_id FROM photos "
        "WHERE issue_id IS NOT NULL AND photo_id IN (SELECT unnest(?)) ORDER BY 1"
    )
    gone = read_photos(archive.paths, query, [frames["photo_id"].to_list()])
    if gone.height:
        photo_id, published = gone.row(0)
        raise NotAccepted(
            f"{gone.height} of its frames were published meanwhile ({photo_id} in {published}); "
            "propose anew: flux draft propose"
        )


def _refuse_taken(paths: Paths, issue: str) -> None:
    if not _ISSUE.fullmatch(issue):
        raise NotAccepted(f"{issue} is no issue; write it as FLUX_020")
    for name in _ASSIGNMENTS:
        file = paths.issues / issue / name
        if file.exists():
            raise NotAccepted(f"{file} is there already; choose another number, or remove it")
