"""The second rung: which photograph of its name a keeper came from.

Counters of cameras wrap at 9999 and repeat over the years, so a name alone counts only when one
photograph in the whole corpus bears it, or one of the keeper's camera. Otherwise time or size must
confirm one of those that bear it.
"""

import polars as pl

from flux_assets.keepers.matching.rungs import QUARTER_S, clash, sole

_SAME_TIME_S = 300
_SAME_SHAPE = 0.005  # of the ratio of the edges; a pixel of rounding is less
# Ratios of sensors. Others, squares most of all, are what people crop to, and confirm nothing.
_SENSORS = (3 / 2, 4 / 3)
_OF_BOTH = ("camera_model", "serial", "bytes", "long", "short")


def compare_named(
    named: pl.DataFrame, keepers: pl.DataFrame, originals: pl.DataFrame, limit_s: float
) -> pl.DataFrame:
    """Pairs `k, o, level` with what speaks for and against them.

    `apart_s`: between the times, null where one is unknown; `filed`: the name holds the very time
    under which the photograph is filed; `possible`: neither time (further apart than `limit_s`)
    nor camera speak against it.
    """
    left = keepers.select("k", "second", "named_second", *_OF_BOTH)
    right = originals.select("o", "second", "filed_second", *_OF_BOTH)
    both = named.join(left, on="k").join(right, on="o", suffix="_o")
    filed = (pl.col("named_second") == pl.col("filed_second")).fill_null(False)
    taken = pl.coalesce("second", "named_second")
    apart = (taken - pl.col("second_o")).abs()
    far = (apart > limit_s).fill_null(False) & ~filed
    return both.with_columns(apart_s=apart, filed=filed, possible=~far & ~clash())


def original_of_name(compared: pl.DataFrame) -> pl.DataFrame:
    """`k, o, confidence` of the keepers whose name leads to one photograph.

    Args:
        compared: pairs of `compare_named`, also of keepers that no photograph may be left for.
    """
    level, apart = pl.col("level"), pl.col("apart_s")
    left = (
        compared.filter(~clash())
        .with_columns((pl.len().over("k", "level") == 1).alias("alone"), *_size_tests())
        .filter("possible")
        .filter(level == level.max().over("k"))
    )
    # A wrapped counter, too, gives a name out within a day of another time, though seldom whole
    # quarters of an hour from it, as a clock of another zone is.
    same_time = (apart <= _SAME_TIME_S) | (apart % QUARTER_S == 0)
    tests = (
        (pl.col("filed"), 0.97),
        (same_time.fill_null(False), 0.95),
        (pl.col("alone"), 0.85),
        (pl.col("same_bytes"), 0.95),
        (pl.col("same_size"), 0.85),
        (pl.col("same_shape"), 0.8),
    )
    settled = []
    for test, confidence in tests:
        passed = left.filter(test)
        one = sole(passed)
        settled.append(one.select("k", "o", pl.lit(confidence).alias("confidence")))
        # Several that pass are compared among themselves from here on.
        left = pl.concat([passed, left.join(passed, on="k", how="anti")])
        left = left.join(one, on="k", how="anti")
    return pl.concat(settled)


def _size_tests() -> tuple[pl.Expr, ...]:
    """Whether bytes, edges or ratio of the edges are those of no other photograph of the name.

    A crop may have the edges of another photograph when it keeps one of its own original's, so
    edges count only where the other photographs share none with the keeper.
    """
    long, short = pl.col("long"), pl.col("short")
    long_o, short_o = pl.col("long_o"), pl.col("short_o")
    same = ((long == long_o) & (short == short_o)).fill_null(False)
    edge = ((long == long_o) | (short == short_o) | (long == short_o)).fill_null(False)
    ratio = ((long / short - long_o / short_o).abs() < _SAME_SHAPE).fill_null(False)
    of_sensor = pl.any_horizontal(
        (long / short - sensor).abs() < _SAME_SHAPE for sensor in _SENSORS
    )
    bytes_agree = pl.col("bytes") == pl.col("bytes_o")
    return (
        bytes_agree.fill_null(False).alias("same_bytes"),
        (same & (edge.sum().over("k") == 1)).alias("same_size"),
        (ratio & (ratio.sum().over("k") == 1) & of_sensor.fill_null(False)).alias("same_shape"),
    )
