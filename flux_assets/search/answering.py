"""From a plan to an answer of its shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flux_assets.search.answers.calibration import Verdict
from flux_assets.search.answers.collapse import Sort
from flux_assets.search.answers.reasons import with_reason
from flux_assets.search.answers.timeline import Period
from flux_assets.search.filters import Filters
from flux_assets.search.finder import Finder, Wanted
from flux_assets.search.language.plan import Plan, Shape

LIMIT = 12
_PER_PERIOD = 3


class Options(Filters, total=False):
    """How to answer, beside the filters.

    `like` and `unlike` are photo_ids or picture files. `literal` reads nothing out of the text.
    `every_frame` shows frames of a burst and near duplicates one by one. `min_score` is a cosine.
    """

    like: Sequence[str | Path]
    unlike: Sequence[str | Path]
    literal: bool
    limit: int | None
    offset: int
    sort: Sort
    every_frame: bool
    min_score: float | None


@dataclass(frozen=True)
class Answer:
    """What was understood, and what was found.

    `rows` are those that `Archive.search` documents. `verdict` says whether they answer the
    question; None where that cannot be judged. `periods` are those of an evolution, also those
    without rows.
    """

    plan: Plan
    rows: pl.DataFrame
    verdict: Verdict | None = None
    periods: tuple[Period, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is something to show."""
        return self.rows.height > 0 and (self.verdict is None or self.verdict.found)


def answer(
    plan: Plan, wanted: Wanted, finder: Finder, options: Options, *, cut_off: float
) -> Answer:
    """Look for what is wanted, in the shape of the plan."""
    limit = options.get("limit") or plan.limit or LIMIT
    if plan.shape is Shape.ECHOES:
        place = ", ".join(map(str, plan.origin.places)) or plan.origin.areas[0].called
        return Answer(plan, finder.echoes(wanted, plan.origin, place, limit=limit))
    if plan.shape is Shape.MOTIFS:
        return Answer(plan, finder.motifs(wanted, limit=limit))
    if plan.shape is Shape.EVOLUTION:
        rows, periods = finder.evolution(wanted, per_period=_PER_PERIOD)
        return Answer(plan, rows, periods=tuple(periods))
    rows = finder.ranked(
        wanted,
        limit=limit,
        offset=options.get("offset", 0),
        sort=options.get("sort", "relevance"),
        fold=not options.get("every_frame", False),
    )
    if wanted.vector is None:
        met = dict.fromkeys(read.meaning for read in plan.explained if read.meaning)
        rows = with_reason(rows, pl.lit(", ".join(met) or "passes the filters"))
    return Answer(plan, rows, finder.verdict(wanted, cut_off))
