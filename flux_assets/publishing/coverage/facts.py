"""Numbers of the archive that are no coverage: dates, tags, groups, and what pictures have."""

from collections.abc import Callable, Iterable, Iterator

import polars as pl

from flux_assets.imaging.perceptual_hashes import PERCEPTUAL_HASHES
from flux_assets.imaging.proxies import PROXIES
from flux_assets.imaging.quality import QUALITY
from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.metadata.estimated_places import ESTIMATED_PLACES
from flux_assets.metadata.exif import EXIF
from flux_assets.metadata.places import PLACES
from flux_assets.metadata.time_trust import CORRECTED
from flux_assets.publishing.coverage.schemas import CoverageBy
from flux_assets.vision.bursts import BURSTS
from flux_assets.vision.duplicates import DUPLICATES
from flux_assets.vision.tags import TAGS

HIGH_TRUST = 0.95
_SETTLED = ("manual", CORRECTED)  # flags that tell of a remedy, not of a doubt
READ: dict[str, tuple[str, ...]] = {
    EXIF.name: ("captured_at", "keywords"),
    CAPTURE_TIMES.name: ("resolved_at", "trust", "flags"),
    PROXIES.name: ("thumb_path",),
    QUALITY.name: ("quality_score",),
    PERCEPTUAL_HASHES.name: ("phash",),
    PLACES.name: ("geohash_6",),
    ESTIMATED_PLACES.name: ("geohash_6",),
    TAGS.name: ("tags", "source"),
    BURSTS.name: ("kind", "burst_id"),
}
"""The columns that facts are counted from, of each product."""

Fact = tuple[str, str, int | None, int]
"""Dimension, value, photographs (None: the count is no part of them), count."""


def facts_of(product: str, seen: pl.DataFrame) -> pl.DataFrame:
    """`CoverageBy` rows of a product; `seen` has its `READ` columns for each photograph."""
    counted = _COUNTED.get(product)
    return _as_rows(product, counted(seen) if counted else ())


def duplicate_facts(files: pl.DataFrame, photographs: int) -> pl.DataFrame:
    """`CoverageBy` rows of `duplicates`."""
    facts: list[Fact] = []
    for relation in ("identical", "near"):
        of_relation = files.filter(pl.col("relation") == relation)
        groups, members = of_relation["group_id"].n_unique(), of_relation["photo_id"].n_unique()
        surplus = of_relation.filter(~pl.col("keep")).height
        facts += [
            ("groups", f"{relation} duplicates: groups", None, groups),
            ("groups", f"{relation} duplicates: photographs", photographs, members),
            ("groups", f"{relation} duplicates: files not to keep", None, surplus),
        ]
    return _as_rows(DUPLICATES, facts)


def _as_rows(product: str, facts: Iterable[Fact]) -> pl.DataFrame:
    types = {name: column.dtype for name, column in CoverageBy.columns().items()}
    names = ("dimension", "value", "photographs", "count")
    rows = pl.DataFrame(list(facts), schema={name: types[name] for name in names}, orient="row")
    part = pl.when(pl.col("photographs") > 0).then(pl.col("count") / pl.col("photographs"))
    return rows.with_columns(product=pl.lit(product), share=part).select(list(types))


def _exif(seen: pl.DataFrame) -> Iterator[Fact]:
    yield "dates", "EXIF date", seen.height, seen["captured_at"].count()
    yield "images", "keywords in the file", seen.height, _number(seen["keywords"].list.len() > 0)


def _capture_times(seen: pl.DataFrame) -> Iterator[Fact]:
    sure = seen["resolved_at"].is_not_null() & (seen["trust"] >= HIGH_TRUST)
    doubts = seen["flags"].list.set_difference(list(_SETTLED)).list.len() > 0
    yield "dates", "high confidence", seen.height, _number(sure)
    yield "dates", "suspicious", seen.height, _number(doubts)
    flags = seen["flags"].explode().drop_nulls().rename("flag").value_counts().sort("flag")
    for flag, count in flags.iter_rows():
        yield "flags", flag, seen.height, count


def _filled(name: str, column: str) -> Callable[[pl.DataFrame], Iterator[Fact]]:
    """Counts the photographs that have a value."""

    def counted(seen: pl.DataFrame) -> Iterator[Fact]:
        yield "images", name, seen.height, seen[column].count()

    return counted


def _tags(seen: pl.DataFrame) -> Iterator[Fact]:
    tagged = seen.filter(pl.col("tags").list.len() > 0)
    used = tagged["tags"].explode().rename("tag").value_counts(name="n")
    yield "tags", "photographs with tags", seen.height, tagged.height
    for source, name in (("auto", "automatic"), ("manual", "manual")):
        given = tagged.filter(pl.col("source") == source)["tags"].list.len()
        yield "tags", f"photographs with {name} tags", seen.height, given.len()
        yield "tags", f"{name} tags", None, int(given.sum())
    yield "tags", "tags in total", None, int(used["n"].sum())
    yield "tags", "unique tags", None, used.height
    for tag, count in used.sort("n", "tag", descending=[True, False]).iter_rows():
        yield "tag", tag, seen.height, count


def _bursts(seen: pl.DataFrame) -> Iterator[Fact]:
    for kind in ("burst", "bracket"):
        frames = seen.filter(pl.col("kind") == kind)["burst_id"].drop_nulls()
        yield "groups", f"{kind}s: groups", None, frames.n_unique()
        yield "groups", f"{kind}s: photographs", seen.height, frames.len()


def _number(chosen: pl.Series) -> int:
    return int(chosen.sum())


_COUNTED: dict[str, Callable[[pl.DataFrame], Iterator[Fact]]] = {
    EXIF.name: _exif,
    CAPTURE_TIMES.name: _capture_times,
    PROXIES.name: _filled("thumbnail", "thumb_path"),
    QUALITY.name: _filled("quality", "quality_score"),
    PERCEPTUAL_HASHES.name: _filled("perceptual hashes", "phash"),
    PLACES.name: _filled("geohash, measured", "geohash_6"),
    ESTIMATED_PLACES.name: _filled("geohash, estimated", "geohash_6"),
    TAGS.name: _tags,
    BURSTS.name: _bursts,
}
