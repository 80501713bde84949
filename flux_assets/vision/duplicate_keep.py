"""Which photograph of a group of duplicates to keep, and why. Nothing here deletes anything."""

import polars as pl

EXIF_FIELDS = (
    *("captured_at", "camera_make", "camera_model", "lens_model", "focal_length_mm"),
    *("aperture", "exposure_s", "iso", "lat", "serial"),
)
# What decides, in this order; all as numbers of which the higher one is kept.
_RANKS = {
    "said": pl.col("said").cast(pl.Float64),
    "keeper": pl.col("keeper").cast(pl.Float64).fill_null(0),
    "megapixels": (pl.col("width").cast(pl.Float64) * pl.col("height") / 1e6).round(2),
    "exif_fields": pl.col("exif_fields").cast(pl.Float64),
    "quality": pl.col("quality_score").cast(pl.Float64).round(2).fill_null(0),
    "bytes": pl.col("bytes").cast(pl.Float64),
}
_REASONS = {
    "said": "a person said so",
    "keeper": "a keeper",
    "megapixels": "{} megapixels, the next {}",
    "exif_fields": "{} EXIF fields, the next {}",
    "quality": "quality {}, the next {}",
    "bytes": "{} bytes, the next {}",
}


def count_exif_fields() -> pl.Expr:
    """`exif_fields`: how many of ten telling fields an `exif` row has."""
    return pl.sum_horizontal(pl.col(name).is_not_null() for name in EXIF_FIELDS).alias(
        "exif_fields"
    )


def suggest_keep(members: pl.DataFrame) -> pl.DataFrame:
    """`group_id, photo_id, keep, keep_reason` for the members of groups.

    What a person said comes first, then keepers, resolution, EXIF, quality and size of the file;
    among equals the lowest photo_id, the earliest. Only a person can keep several of a group.

    Args:
        members: `group_id`, `photo_id`, `said` (a person said "keep this"), `keeper` (nullable),
            `width`, `height` (null for RAW, which counts as the largest), `exif_fields`,
            `quality_score` (nullable) and `bytes`.
    """
    ranked = members.select("group_id", "photo_id", **_RANKS).with_columns(
        pl.col("megapixels").fill_null(float("inf"))
    )
    ranked = ranked.sort(
        "group_id", *_RANKS, "photo_id", descending=[False, *[True] * len(_RANKS), False]
    )
    best = pl.col("group_id").is_first_distinct()
    said = pl.col("said") == 1
    return ranked.select(
        "group_id",
        "photo_id",
        (best | said).alias("keep"),
        pl.when(said)
        .then(pl.lit(_REASONS["said"]))
        .when(best)
        .then(_reason())
        .alias("keep_reason"),
    )


def _reason() -> pl.Expr:
    """The first rank in which the best differs from the next, in words."""
    reasons = []
    for name, words in _REASONS.items():
        following = pl.col(name).shift(-1).over("group_id")
        shown = [pl.col(name), following] if "{}" in words else []
        reasons.append(
            pl.when(pl.col(name) != following).then(
                pl.format(words, *map(_shown, shown)) if shown else pl.lit(words)
            )
        )
    return pl.coalesce(*reasons, pl.lit("the first of equals"))


def _shown(rank: pl.Expr) -> pl.Expr:
    """`24.16`, `7`, `as many as the sensor has`."""
    whole = rank == rank.floor()
    return (
        pl.when(rank.is_infinite())
        .then(pl.lit("all"))
        .when(whole)
        .then(rank.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(rank.cast(pl.String))
    )
