"""The photographs that the model likes best, and those among them that were not kept.

By the model's own opinion: the score of a keeper is 1 by definition. Of what shows one moment (a
shutter press, a burst, near duplicates) only the best stands in the list.
"""

from functools import reduce

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.keepers.taste.keeper_scores import KEEPER_SCORES
from flux_assets.photo_table import Product
from flux_assets.publishing.photos import read_photos
from flux_assets.vision.bursts import BURSTS
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.tables import TableStore

_MOMENTS = ("pair_id", "burst_id", "group_id")
_READ: dict[Product, tuple[str, ...]] = {
    KEEPER_SCORES: ("keeper_score", "model_score", "model_version"),
    KEEPER_LABELS: ("keeper", "source"),
    PHOTO_INDEX: ("pair_id",),
    BURSTS: ("burst_id",),
}
_SHOWN = "photo_id, path, captured_at, location_city, location_country, tags, thumb_path"


class NotScored(FluxError):
    """Nothing is scored yet; the message says how to learn why."""


def top(
    archive: DataRoot, *, day: str | None = None, not_keepers: bool = False, limit: int = 12
) -> pl.DataFrame:
    """The best `limit` photographs, of one day or of all, the best first.

    With `not_keepers` the hidden gems: nothing of a moment that has a keeper, and nothing that a
    person said is none.

    Returns:
        `photo_id, score` (the model's own opinion)`, keeper_score, model_version, keeper, path,
        captured_at, location_city, location_country, tags, thumb_path`; paths are absolute.

    Raises:
        NotScored: no photograph has a score.
    """
    known = _known(archive.tables, day)
    if known["model_score"].count() == 0:
        of_day = f" of {day}" if day else ""
        raise NotScored(f"no photograph{of_day} is scored yet; see: flux keepers model")
    if not_keepers:
        refused = (pl.col("source") == "person").fill_null(False)
        known = known.filter(~_has_keeper(), ~refused)
    best = known.drop_nulls("model_score").sort(
        ["model_score", "photo_id"], descending=[True, False]
    )
    for moment in _MOMENTS:
        best = best.filter(pl.col(moment).is_null() | pl.col(moment).is_first_distinct())
    shown = best.head(limit).select(
        "photo_id", pl.col("model_score").alias("score"), "keeper_score", "model_version", "keeper"
    )
    facts = photographs(archive, shown["photo_id"].to_list())
    return shown.join(facts, on="photo_id", how="inner", maintain_order="left")


def photographs(archive: DataRoot, photo_ids: list[str]) -> pl.DataFrame:
    """Time, place, tags and absolute paths of photographs, as they are published.

    Raises:
        NotScored: nothing is published.
    """
    if not archive.paths.duckdb.exists():
        raise NotScored(f"{archive.paths.root} has no photographs yet; run: flux materialize")
    query = f"SELECT {_SHOWN} FROM photos WHERE photo_id IN (SELECT unnest(?))"
    return read_photos(archive.paths, query, [photo_ids]).with_columns(
        pl.col("path", "thumb_path").map_elements(
            lambda stored: str(archive.paths.absolute(stored)), return_dtype=pl.String
        ),
        pl.col("tags").str.json_decode(pl.List(pl.String)),
    )


def _known(tables: TableStore, day: str | None) -> pl.DataFrame:
    """Scores of photographs, with their labels and the moments they belong to."""

    def part(product: Product, columns: tuple[str, ...]) -> pl.LazyFrame:
        rows = tables.scan(product.name, product.schema)
        rows = rows.filter(pl.col("day") == day) if day else rows
        return rows.select("day", "photo_id", *columns)

    parts = [part(product, columns) for product, columns in _READ.items()]
    near = tables.read(DUPLICATES, Duplicates).filter(pl.col("relation") == "near")
    joined = reduce(lambda left, right: left.join(right, on=["day", "photo_id"], how="left"), parts)
    groups = near.lazy().select("photo_id", "group_id")
    return joined.join(groups, on="photo_id", how="left").collect()


def _has_keeper() -> pl.Expr:
    """Whether a photograph, or another of its moment, is a keeper."""
    keeper = (pl.col("keeper") == 1).fill_null(False)
    of_moment = [pl.col(moment).is_not_null() & keeper.any().over(moment) for moment in _MOMENTS]
    return pl.any_horizontal(keeper, *of_moment)
