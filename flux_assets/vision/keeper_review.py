"""What the keepers came to, and the list of those that a person must look at."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from PIL import Image

from flux_assets.keepers.matching.match_report import MatchReport, match_report
from flux_assets.search.contact_sheet import contact_sheet
from flux_assets.vision.look_alikes import ANOTHER, DIFFERENT

_SHOWN = 3  # candidates beside each keeper
_MOST_ROWS = 100  # of a sheet: JPEG knows no more than 65,535 pixels

ThumbOf = Callable[[str], Path]
CopyOf = Callable[[str], Path]


@dataclass(frozen=True)
class VerificationReport:
    """Counts of keeper files.

    `matches` leaves out those of which a person said that they have no original; these are
    `without_original`. `decided` were matched by a person; `refused` are part of the ambiguous.
    """

    matches: MatchReport
    refused: int
    decided: int
    without_original: int


def verification_report(rows: pl.DataFrame) -> VerificationReport:
    """The report of `KeeperVerification`."""
    without = pl.col("decided") & pl.col("photo_id").is_null() & pl.col("review").is_null()
    return VerificationReport(
        matches=match_report(rows.filter(~without)),
        refused=rows.filter(pl.col("review").is_in([DIFFERENT, ANOTHER])).height,
        decided=rows.filter(pl.col("decided") & pl.col("photo_id").is_not_null()).height,
        without_original=rows.filter(without).height,
    )


def list_undecided(rows: pl.DataFrame, said: Container[str]) -> pl.DataFrame:
    """`keeper_path, sha256, review, candidates, scores` of what a person must look at.

    One row per content, those with the most alike candidates first, as they are the quickest.

    Args:
        rows: `KeeperVerification`.
        said: digests of what has been decided since the rows were written.
    """
    waiting = rows.filter(pl.col("review").is_not_null()).sort("keeper_path")
    fresh = [sha256 is None or sha256 not in said for sha256 in waiting["sha256"]]
    return (
        waiting.filter(pl.Series(fresh, dtype=pl.Boolean))
        .filter(pl.col("sha256").is_null() | pl.col("sha256").is_first_distinct())
        .sort(pl.col("scores").list.max(), descending=True, nulls_last=True, maintain_order=True)
        .select("keeper_path", "sha256", "review", "candidates", "scores")
    )


def review_sheet(undecided: pl.DataFrame, copy: CopyOf, thumb: ThumbOf) -> Image.Image | None:
    """Each keeper of `list_undecided` beside its best candidates; None where there is none.

    `copy` gives the working copy of a keeper content, `thumb` the thumbnail of a photograph.
    """
    shown = undecided.head(_MOST_ROWS)
    if shown.is_empty():
        return None
    pictures: list[tuple[Path | None, str]] = []
    for row in shown.iter_rows(named=True):
        own = copy(row["sha256"]) if row["sha256"] else None
        pictures.append((own, f"{Path(row['keeper_path']).name}\n{row['review'][:48]}"))
        best = [*zip(row["candidates"], row["scores"], strict=True)][:_SHOWN]
        pictures += [(thumb(name), f"{name}\n{likeness(score)}") for name, score in best]
        pictures += [(None, "no other candidate")] * (_SHOWN - len(best))
    title = f"{undecided.height} keepers to decide: flux keepers resolve KEEPER PHOTO_ID"
    return contact_sheet(pictures, title, columns=1 + _SHOWN)


def likeness(score: float | None) -> str:
    """A score of `KeeperVerification` in words."""
    return "not compared" if score is None else f"cosine {score:.3f}"
