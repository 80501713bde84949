"""Finds the photographs that a plan asks for: vectors and facts brought together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from flux_assets.search.answers.background import Background
from flux_assets.search.answers.calibration import Verdict, judge, with_percentiles
from flux_assets.search.answers.clusters import cluster_looks
from flux_assets.search.answers.collapse import Sort, by_relevance, collapse, page
from flux_assets.search.answers.echoes import MOST_LOOKS, find_echoes
from flux_assets.search.answers.motifs import find_motifs
from flux_assets.search.answers.reasons import with_reason
from flux_assets.search.answers.timeline import Period, find_evolution, periods_between
from flux_assets.search.catalogue import Catalogue
from flux_assets.search.conditions import Condition, every, meets
from flux_assets.search.language.plan import Facts
from flux_resources.vectors import Vectors, VectorStore, as_matrix

BOOST = 0.02  # cosine that a wish which is met counts for; about what parts neighbouring hits
_JUDGED = 50
_DEEP = 400  # hits that motifs are looked for in
_ALIKE = 4  # frames fetched for each that is shown, so that enough are left when alike ones fold
_SPARE = 100
_LIKENED = 64  # echoes fetched for each look of a place
_MOST_OF_A_PLACE = 20_000
_RANKED = ("photo_id", "score", "hit", "folded", "percentile", "why")


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a direction, and what photographs must and should meet.

    `vector` is float32 `(d,)` of unit length, None where facts alone were asked for. `of_text`
    says that it stands for texts alone. `without` are photographs that are never an answer.
    """

    vector: Vectors | None
    condition: Condition
    wishes: Facts
    of_text: bool = False
    min_score: float | None = None
    without: Sequence[str] = ()


class Finder:
    """Answers within one opened catalogue."""

    def __init__(
        self, store: VectorStore, catalogue: Catalogue, background: Background | None
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._background = background
        self._latest: tuple[Wanted, int, pl.DataFrame] | None = None

    def ranked(
        self, wanted: Wanted, *, limit: int, offset: int, sort: Sort, fold: bool
    ) -> pl.DataFrame:
        """The best photographs: `photo_id, score, hit, folded, percentile, why`.

        With `fold` frames that show the same thing are one answer. Sorted by time the best of each
        page are, so that pages never overlap; facts alone are always sorted so.
        """
        deep = offset + limit
        hits = self._hits(wanted, deep * _ALIKE + _SPARE if fold else deep + _SPARE)
        if fold:
            folds = self._catalogue.folded(hits["fold"].drop_nulls().unique(), wanted.condition)
            shown = folds.filter(~pl.col("photo_id").is_in(list(wanted.without)))
            hits = collapse(hits, shown)
        else:
            hits = hits.with_columns(hit="photo_id", folded=pl.lit(0, pl.Int64))
        if wanted.vector is None:
            rows = page(self._dated(hits, wanted), sort="time", offset=offset, limit=limit)
        else:
            rows = page(hits, sort="relevance", offset=offset, limit=limit)
            if sort == "time":
                rows = page(self._dated(rows, wanted), sort="time", limit=limit)
        return self._with_percentiles(rows, wanted.vector).select(_RANKED)

    def _dated(self, shown: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
        """With the `captured_at` of the frames that are shown, not of those that were found."""
        times = self._catalogue.known(shown["photo_id"], wanted.condition)
        return shown.drop("captured_at").join(
            times.select("photo_id", "captured_at"), on="photo_id"
        )

    def _with_percentiles(self, rows: pl.DataFrame, vector: Vectors | None) -> pl.DataFrame:
        if vector is not None and self._background is not None:
            return with_percentiles(rows, vector, self._background)
        near = pl.format("cosine {}", pl.col("score").round(2))
        return with_reason(rows.with_columns(percentile=pl.lit(None, pl.Float64)), near)

    def verdict(self, wanted: Wanted, cut_off: float) -> Verdict | None:
        """Whether there is an answer at all; None where that cannot be said."""
        if self._background is None or wanted.vector is None or not wanted.of_text:
            return None
        best = self._hits(wanted, _JUDGED).sort("score", descending=True)["photo_id"].head(_JUDGED)
        among = self._catalogue.count(wanted.condition)
        return judge(
            wanted.vector, self._matrix(best), self._background, among=among, cut_off=cut_off
        )

    def echoes(self, wanted: Wanted, origin: Facts, place: str, *, limit: int) -> pl.DataFrame:
        """Pictures elsewhere that look like those of a place; see `find_echoes`."""
        there = self._passing(meets(origin)).sort().head(_MOST_OF_A_PLACE)
        pictures = self._matrix(there)
        looks = cluster_looks(pictures, most=MOST_LOOKS)
        elsewhere = self._passing(wanted.condition)
        near = [
            self._store.nearest(centroid, limit * _ALIKE + _LIKENED, elsewhere)
            for centroid in looks.centroids
        ]
        others = pl.concat(near)["photo_id"].unique().sort() if near else there.clear()
        known = self._catalogue.known(others, wanted.condition)
        best = known.filter(pl.col("fold").is_null() | (pl.col("place") == 1))
        candidates = best["photo_id"].sort()
        sample = self._background.sample if self._background else self._sample()
        return find_echoes(
            place,
            there,
            pictures,
            looks,
            candidates,
            self._matrix(candidates),
            archive=sample,
            limit=limit,
        )

    def motifs(self, wanted: Wanted, *, limit: int) -> pl.DataFrame:
        """Looks that come back over the years; see `find_motifs`."""
        hits = self._hits(wanted, _DEEP * 2)
        hits = hits.filter(pl.col("fold").is_null() | (pl.col("place") == 1)).head(_DEEP)
        return find_motifs(hits, self._matrix(hits["photo_id"]), limit=limit)

    def evolution(self, wanted: Wanted, *, per_period: int) -> tuple[pl.DataFrame, list[Period]]:
        """The best of each period, and all periods; see `find_evolution`."""
        first, last = self._catalogue.span(wanted.condition)
        if not (isinstance(first, datetime) and isinstance(last, datetime)):
            return pl.DataFrame(), []
        periods = periods_between(first, last)
        hits = pl.concat(self._of_each(wanted, periods, per_period))
        return find_evolution(hits, periods, per_period=per_period), periods

    def _of_each(
        self, wanted: Wanted, periods: Sequence[Period], per_period: int
    ) -> Iterator[pl.DataFrame]:
        for period in periods:
            inside = Condition("captured_at >= ? AND captured_at < ?", [period.start, period.end])
            then = every([wanted.condition, inside])
            part = Wanted(wanted.vector, then, wanted.wishes, min_score=wanted.min_score)
            hits = self._hits(part, per_period * _ALIKE + _SPARE)
            yield hits.filter(pl.col("fold").is_null() | (pl.col("place") == 1))

    def _hits(self, wanted: Wanted, count: int) -> pl.DataFrame:
        """`photo_id, score, captured_at, fold, place`, best first; `count` or more if there are.

        With wishes also `boosted`, the score that they are ordered by.
        """
        latest = self._latest
        if latest is None or latest[0] is not wanted or latest[1] < count:
            latest = self._latest = wanted, count, self._found(wanted, count)
        return latest[2]

    def _found(self, wanted: Wanted, count: int) -> pl.DataFrame:
        if wanted.vector is None:
            everything = self._catalogue.known(self._passing(wanted.condition), wanted.condition)
            return everything.with_columns(score=pl.lit(None, pl.Float64)).sort("captured_at")
        hits = self._nearest(wanted.vector, wanted.condition, count + len(wanted.without))
        hits = hits.filter(~pl.col("photo_id").is_in(list(wanted.without)))
        if wanted.min_score is not None:
            hits = hits.filter(pl.col("score") >= wanted.min_score)
        if not wanted.wishes:
            return hits
        merits = self._catalogue.merits(hits["photo_id"], wanted.wishes)
        ranked = hits.join(merits, on="photo_id", how="left").with_columns(
            boosted=pl.col("score") + BOOST * pl.col("merit")
        )
        met = pl.when(pl.col("merit") > 0).then(pl.lit("has what is preferred"))
        return by_relevance(with_reason(ranked, met).drop("merit"))

    def _nearest(self, vector: Vectors, condition: Condition, count: int) -> pl.DataFrame:
        """Without a condition all vectors are asked, of which some may not be published."""
        if condition.sql == "true":
            near = self._known(self._store.nearest(vector, 2 * count), condition)
            if near.height >= count:
                return near.head(count)
        near = self._store.nearest(vector, count, self._passing(condition))
        return self._known(near, condition)

    def _known(self, near: pl.DataFrame, condition: Condition) -> pl.DataFrame:
        known = self._catalogue.known(near["photo_id"], condition)
        return near.join(known, on="photo_id", how="inner", maintain_order="left")

    def _passing(self, condition: Condition) -> pl.Series:
        return self._catalogue.passing(condition)

    def _matrix(self, photo_ids: pl.Series) -> Vectors:
        """Float32 `(n, d)`; every photograph of the catalogue has a vector."""
        return as_matrix(self._store.vectors_of(photo_ids.to_list())["vector"])

    def _sample(self) -> Vectors:
        return as_matrix(self._store.sample(_MOST_OF_A_PLACE)["vector"])
