"""`issue_drafts`: proposals of 36 frames, side by side, until a person accepts one.

A new draft of what was asked before takes the place of the earlier one, unless that was accepted.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import dataframely as dy
import polars as pl

from flux_assets.publishing.drafts.request import ISSUE_FRAMES, Request
from flux_assets.publishing.drafts.sheet import write_sheet
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.files import atomic_file, single_writer
from flux_resources.paths import Paths
from flux_resources.tables import TableStore

ISSUE_DRAFTS = "issue_drafts"
LOCK = "drafts"
_ASKED = ("theme", "first_day", "last_day")


class NoSuchDraft(FluxError):
    """No draft has this id; the message names those that there are."""


class IssueDrafts(dy.Schema):
    """Grain: frame of a draft. Times of photographs are local."""

    draft_id = dy.String(primary_key=True, description="What was asked, and 8 hex digits.")
    position = dy.Int32(
        primary_key=True, min=1, max=ISSUE_FRAMES, description="In the order of the pages."
    )
    photo_id = dy.String(description="The photograph.")
    filename = dy.String(description="Name of its original.")
    keeper = dy.Bool(description="Whether it is a keeper.")
    keeper_score = dy.Float64(nullable=True, description="0-1; null while there is no model.")
    captured_at = dy.Datetime(time_unit="ms", description="Local time at the place.")
    location_city = dy.String(nullable=True, description="Place it belongs to.")
    location_country = dy.String(nullable=True, description="English country name.")
    reason = dy.String(description="Why it was chosen, and why it stands where it does.")
    theme = dy.String(nullable=True, description="What was asked for; null: no theme.")
    first_day = dy.Date(nullable=True, description="First day that was asked for; null: any.")
    last_day = dy.Date(nullable=True, description="Last day that was asked for; null: any.")
    proposed_at = dy.Datetime(time_unit="ms", description="UTC; when it was first proposed.")
    accepted_as = dy.String(nullable=True, description="Issue that it became: `FLUX_020`.")


def read_drafts(tables: TableStore) -> pl.DataFrame:
    """All drafts; no rows where none was proposed."""
    return tables.read(ISSUE_DRAFTS, IssueDrafts)


def list_drafts(tables: TableStore) -> pl.DataFrame:
    """One row for each draft, the newest first: `draft_id, of, keepers, places, proposed_at,
    accepted_as`."""
    rows = read_drafts(tables).sort("position")
    grouped = rows.group_by("draft_id", maintain_order=True).agg(
        pl.col(*_ASKED, "proposed_at", "accepted_as").first(),
        keepers=pl.col("keeper").sum(),
        places=pl.col("location_city").n_unique(),
    )
    asked = [str(Request(theme or "", *days)) for theme, *days in grouped.select(_ASKED).rows()]
    listed = grouped.with_columns(of=pl.Series(asked, dtype=pl.String))
    shown = listed.select("draft_id", "of", "keepers", "places", "proposed_at", "accepted_as")
    return shown.sort("proposed_at", "draft_id", descending=[True, False])


def one_draft(tables: TableStore, draft: str) -> pl.DataFrame:
    """The frames of one draft, in order.

    Raises:
        NoSuchDraft: there is none of that id.
    """
    known = read_drafts(tables)
    rows = known.filter(pl.col("draft_id") == draft).sort("position")
    if rows.is_empty():
        names = ", ".join(known["draft_id"].unique().sort()) or "none yet; run: flux draft propose"
        raise NoSuchDraft(f"no draft {draft}; there are: {names}")
    return rows


def taken_frames(archive: DataRoot) -> list[str]:
    """Photographs of accepted drafts whose assignment file is still there."""
    rows = read_drafts(archive.tables).drop_nulls("accepted_as")
    standing = [
        issue
        for issue in rows["accepted_as"].unique()
        if (archive.paths.issues / issue / "frames.txt").exists()
    ]
    return rows.filter(pl.col("accepted_as").is_in(standing))["photo_id"].to_list()


def keep_draft(archive: DataRoot, rows: pl.DataFrame, request: Request, name: str) -> pl.DataFrame:
    """Keep a composed draft: table, JSON and contact sheet. Returns its rows of `IssueDrafts`.

    Raises:
        flux_resources.files.Busy: another process is writing drafts.
    """
    with single_writer(archive.paths.locks, LOCK):
        known = read_drafts(archive.tables)
        same = known.filter(pl.col("draft_id") == name)
        if same.is_empty():
            same = _as_table(rows, request, name)
            replaced = _asked_alike(request) & pl.col("accepted_as").is_null()
            _remove_files(archive.paths, known.filter(replaced)["draft_id"].unique().to_list())
            kept = pl.concat([known.filter(~replaced), same])
            archive.tables.write(ISSUE_DRAFTS, kept.sort("draft_id", "position"), IssueDrafts)
        write_json(same, archive.paths)
        write_sheet(rows, f"{request}: {name}", archive.paths, archive.paths.draft_sheet(name))
        return same


def write_json(rows: pl.DataFrame, paths: Paths) -> None:
    """The draft as people read it."""
    with atomic_file(paths.draft_json(rows["draft_id"][0])) as temporary:
        temporary.write_text(as_json(rows) + "\n", encoding="utf-8")


def as_json(rows: pl.DataFrame) -> str:
    """What was asked, then the frames in order."""
    first = rows.row(0, named=True)
    frames = rows.drop("draft_id", *_ASKED, "proposed_at", "accepted_as").with_columns(
        pl.col("captured_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.3f"), pl.col("keeper_score").round(4)
    )
    content = {
        "draft_id": first["draft_id"],
        "of": str(asked_of(rows)),
        **{name: None if first[name] is None else str(first[name]) for name in _ASKED},
        "proposed_at": f"{first['proposed_at']:%Y-%m-%dT%H:%M:%SZ}",
        "accepted_as": first["accepted_as"],
        "frames": frames.sort("position").to_dicts(),
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def asked_of(rows: pl.DataFrame) -> Request:
    """What a draft was asked for."""
    theme, first, last = rows.select(_ASKED).row(0)
    return Request(theme or "", first, last)


def _as_table(rows: pl.DataFrame, request: Request, name: str) -> pl.DataFrame:
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    columns = {name: column.dtype for name, column in IssueDrafts.columns().items()}
    known = rows.with_columns(
        draft_id=pl.lit(name),
        theme=pl.lit(request.theme or None, pl.String),
        first_day=pl.lit(request.first, pl.Date),
        last_day=pl.lit(request.last, pl.Date),
        proposed_at=pl.lit(now),
        accepted_as=pl.lit(None, pl.String),
    )
    return known.select(pl.col(column).cast(dtype) for column, dtype in columns.items())


def _asked_alike(request: Request) -> pl.Expr:
    asked = (request.theme or None, request.first, request.last)
    same = [
        pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(_ASKED, asked, strict=True)
    ]
    return pl.all_horizontal(same)


def _remove_files(paths: Paths, drafts: Sequence[str]) -> None:
    for name in drafts:
        paths.draft_json(name).unlink(missing_ok=True)
        paths.draft_sheet(name).unlink(missing_ok=True)
