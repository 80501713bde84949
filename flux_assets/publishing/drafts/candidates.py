"""Photographs that a draft may choose from: unpublished keepers and high scores, one per moment.

Sources: `photos`, and of the day products the model's own opinion and what belongs to a bracket.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from flux_assets.keepers.taste.keeper_scores import KEEPER_SCORES
from flux_assets.publishing.photos import read_photos
from flux_assets.search.conditions import Condition
from flux_assets.vision.bursts import BURSTS
from flux_resources.data_root import DataRoot

_COLUMNS = (
    "photo_id, filename, keeper = 1 AS keeper, keeper_score, captured_at, location_city, "
    "location_country, median_luminance, thumb_path, fold, fold_place, issue_id"
)
_KEEPERS_SHARE = 0.75  # of merit; what is left orders keepers among themselves, by the model


@dataclass(frozen=True)
class Candidates:
    """Rows to choose from, and the way there.

    `rows` have `photo_id, filename, keeper` (bool)`, keeper_score, captured_at, location_city,
    location_country, median_luminance, thumb_path, merit`, best first. `asked` counts the
    photographs of the theme's facts and the period, `left_out` why others of them are not here.
    """

    rows: pl.DataFrame
    asked: int
    left_out: tuple[tuple[int, str], ...] = ()

    def without(self, rows: pl.DataFrame, why: str) -> "Candidates":
        """Fewer rows, and why the others were left out."""
        gone = self.rows.height - rows.height
        more = ((gone, why),) if gone else ()
        return Candidates(rows, self.asked, (*self.left_out, *more))


def read_candidates(
    archive: DataRoot, condition: Condition, *, taken: Collection[str], least_score: float
) -> Candidates:
    """Candidates among the photographs that meet a condition.

    `taken` are photographs of drafts that were accepted and are not published yet.
    """
    query = (
        f"SELECT {_COLUMNS}, coalesce({condition.sql}, false) AS asked "
        "FROM photos WHERE embedding_id IS NOT NULL"
    )
    photographs = read_photos(archive.paths, query, condition.values)
    scan = archive.tables.scan
    scores = scan(KEEPER_SCORES.name, KEEPER_SCORES.schema).select("photo_id", "model_score")
    frames = scan(BURSTS.name, BURSTS.schema).select("photo_id", "burst_id")
    known = photographs.lazy()
    for more in (scores, frames):
        known = known.join(more.unique("photo_id", keep="any"), on="photo_id", how="left")
    return sift(known.collect(), taken=taken, least_score=least_score)


def sift(photographs: pl.DataFrame, *, taken: Collection[str], least_score: float) -> Candidates:
    """The candidates among photographs.

    Args:
        photographs: the columns of `Candidates.rows` but `merit`, and `fold, fold_place, issue_id,
            model_score, burst_id, asked` (bool); the whole archive, since what shows the same as a
            published photograph is published too.
        taken: photo_ids that count as published.
        least_score: keeper_score of a candidate that is no keeper.
    """
    published = pl.col("issue_id").is_not_null() | pl.col("photo_id").is_in(list(taken))
    shown = [published.any().over(moment) & pl.col(moment).is_not_null() for moment in _MOMENTS]
    marked = photographs.with_columns(
        pl.col("keeper").fill_null(False), shown=pl.any_horizontal(published, *shown)
    )
    asked = marked.filter("asked").with_columns(merit=_merit())
    best = ["keeper", "merit", "fold_place", "photo_id"]
    asked = asked.sort(best, descending=[True, True, False, False], nulls_last=True)
    found = Candidates(asked, asked.height)
    found = found.without(found.rows.filter(~pl.col("shown")), "are published, or show what is")
    high = pl.col("keeper") | (pl.col("keeper_score") >= least_score).fill_null(False)
    found = found.without(
        found.rows.filter(high), f"are no keepers and score less than {least_score:g}"
    )
    single = found.rows
    for moment in _MOMENTS:
        single = single.filter(pl.col(moment).is_null() | pl.col(moment).is_first_distinct())
    found = found.without(single, "show the same moment as a better one")
    kept = pl.exclude("asked", "shown", "issue_id", "model_score", *_MOMENTS, "fold_place")
    return Candidates(found.rows.select(kept), found.asked, found.left_out)


_MOMENTS = ("fold", "burst_id")  # a bracket has a burst_id and no fold


def _merit() -> pl.Expr:
    """0-1: any keeper has more than what was not kept; among equals the model decides."""
    opinion = pl.coalesce("model_score", pl.when(~pl.col("keeper")).then("keeper_score"), 0.5)
    kept = _KEEPERS_SHARE + (1 - _KEEPERS_SHARE) * opinion
    return pl.when("keeper").then(kept).otherwise(_KEEPERS_SHARE * opinion).cast(pl.Float64)


def bounded(rows: pl.DataFrame, most: int) -> pl.DataFrame:
    """At most so many candidates, best first: keepers before others, and places and months in turn.

    So the vectors of an archive need not all be read, and no place or month falls out of sight.
    """
    part = (
        pl.col("captured_at").dt.truncate("1mo"),
        pl.col("location_city"),
        pl.col("location_country"),
    )
    turn = pl.int_range(pl.len()).over("keeper", *part)
    chosen = rows.sort(
        pl.col("keeper"), turn, pl.col("merit"), "photo_id", descending=[True, False, True, False]
    ).head(most)
    return chosen.sort("merit", "photo_id", descending=[True, False])
