"""Every time that was weighed, in words that a photographer can read."""

import polars as pl

from flux_assets.metadata.camera_clock import TimeRules
from flux_assets.metadata.time_choice import EXIF_SOURCES, FILE, GPS, MANUAL, ORIGINAL, PATH
from flux_assets.metadata.time_trust import file_weight, present

CANDIDATE = {
    "source": pl.String(),
    "at": pl.Datetime("ms"),
    "says": pl.String(),
    "weight": pl.Float64(),
    "agrees": pl.Boolean(),
    "note": pl.String(),
}


def candidates(rules: TimeRules) -> pl.Expr:
    """A list of `CANDIDATE` structs: what a person said, EXIF, GPS, path, file time, order."""
    weights = rules.settings.weights
    manual = pl.when(pl.col("source") == MANUAL).then("at")
    fast = pl.when(pl.col("clock_offset_s") != 0).then(
        pl.format("clock {} s ahead, by {}", "clock_offset_s", "clock_by")
    )
    contradicts = pl.when("path_contradicts").then(pl.lit("its names contradict each other"))
    copied = pl.when("copied").then(pl.lit("time of copying"))
    listed = [_candidate(MANUAL, manual, weight=1.0, agrees=pl.lit(True))]
    for name, source in EXIF_SOURCES.items():
        weight = weights.exif_original if source == ORIGINAL else weights.exif_other
        note = pl.coalesce(f"no_{name}", fast)
        listed.append(_candidate(source, pl.col(name), weight, pl.col(f"agrees_{name}"), note))
    listed += [
        _candidate(GPS, pl.col("gps_local"), 0.0, pl.col("agrees_gps"), pl.col("no_gps")),
        _candidate(
            PATH,
            pl.col("path_start"),
            weights.path,
            pl.col("agrees_path"),
            pl.coalesce("no_path", contradicts),
            says=pl.col("path_says"),
        ),
        _candidate(
            FILE,
            pl.col("file_local"),
            file_weight(weights),
            pl.col("agrees_file"),
            pl.coalesce("no_file", copied),
        ),
        _candidate("order", None, weights.order, pl.col("agrees_order"), says=_neighbours()),
    ]
    return present(listed)


def _candidate(
    source: str,
    at: pl.Expr | None,
    weight: float | pl.Expr,
    agrees: pl.Expr,
    note: pl.Expr | None = None,
    *,
    says: pl.Expr | None = None,
) -> pl.Expr:
    """A struct, or null where the photograph has neither such a time nor words of it."""
    values = (pl.lit(source), at, says, weight, agrees, note)
    fields = [
        (value if isinstance(value, pl.Expr) else pl.lit(value)).cast(dtype).alias(name)
        for (name, dtype), value in zip(CANDIDATE.items(), values, strict=True)
    ]
    known = [value.is_not_null() for value in (at, says) if value is not None]
    return pl.when(pl.any_horizontal(known)).then(pl.struct(fields))


def _neighbours() -> pl.Expr:
    """`after 2022-01-15 13:22:44, before 2022-01-15 13:25:10` by file number; null without any."""
    words = [
        pl.format("{} {}", pl.lit(word), pl.col(bound).dt.to_string("%Y-%m-%d %H:%M:%S"))
        for word, bound in (("after", "order_after"), ("before", "order_before"))
    ]
    joined = pl.concat_str(words, separator=", ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)
