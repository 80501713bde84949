"""The first two rungs: photographs of a keeper's time, and of its name.

Pairs are frames with one row per keeper `k` and photograph `o` that may be its original. Another
camera's model or serial number speaks against a pair; one that is unknown says nothing.
"""

import polars as pl

from flux_assets.keepers.matching.keeper_names import named_second

QUARTER_S = 900  # zones and summer times are off by quarters of an hour
MOST = 256  # photographs that share a time or a name; more of them tell nothing apart
SAME_SUBSECOND_MS = 10  # some programs keep hundredths only; no camera takes 100 frames a second
CAMERA = ("camera_model", "serial")
_CLOCK = ("second", "ms", *CAMERA)


def prepare_keepers(index: pl.DataFrame) -> pl.DataFrame:
    """Readable rows of `KeeperIndex`, numbered by `k`, with what the rungs compare."""
    return (
        index.with_row_index("k")
        .filter(pl.col("sha256").is_not_null())
        .with_columns(*_clock(), *_size(), named_second=named_second(pl.col("filename")))
    )


def prepare_originals(corpus: pl.DataFrame) -> pl.DataFrame:
    """One row per shutter press, numbered by `o`: of RAW and JPEG the JPEG stands for both."""
    press = pl.coalesce("pair_id", "photo_id")
    return (
        corpus.with_columns(press=press)
        .sort(pl.col("photo_id") != press, "photo_id")
        .unique("press", keep="first", maintain_order=True)
        .with_columns(*_clock(), *_size(), filed_second=named_second(pl.col("photo_id")))
        .with_row_index("o")
    )


def _clock() -> tuple[pl.Expr, ...]:
    """`second` since 1970 by the camera's clock; `ms` within it, null where that is not known."""
    epoch = pl.col("captured_at").dt.epoch("ms")
    second = epoch.floordiv(1000)
    ms = epoch - second * 1000
    known = (ms != 0) | pl.col("subsecond").is_not_null()
    return second.alias("second"), pl.when(known).then(ms).alias("ms")


def _size() -> tuple[pl.Expr, ...]:
    """Edges in pixels, whichever way the picture is turned."""
    sides = ("width", "height")
    return pl.max_horizontal(sides).alias("long"), pl.min_horizontal(sides).alias("short")


def crowded(values: pl.DataFrame, column: str) -> pl.DataFrame:
    """Values of a column that more than `MOST` rows share."""
    return values.group_by(column).len().filter(pl.col("len") > MOST).select(column)


def of_that_time(keepers: pl.DataFrame, originals: pl.DataFrame) -> pl.DataFrame:
    """Pairs `k, o, exact` of one second and no other camera; `exact`: the sub-seconds agree.

    Where both know sub-seconds these must agree. A photograph whose sub-seconds agree stands
    before those that have none: programs lose sub-seconds and do not invent them. They do write
    zeros, so a keeper's zeros may be lost ones.

    Args:
        keepers: `k, second, ms`, camera; `second` may be null or corrected.
        originals: `o, second, ms`, camera.
    """
    timed = originals.select("o", *_CLOCK).drop_nulls("second")
    lively = timed.join(crowded(timed, "second"), on="second", how="anti")
    both = keepers.select("k", *_CLOCK).join(lively, on="second", suffix="_o")
    agree = ((pl.col("ms") - pl.col("ms_o")).abs() < SAME_SUBSECOND_MS).alias("exact")
    allowed = agree.fill_null(True) | (pl.col("ms") == 0)
    return (
        both.filter(allowed & ~clash())
        .select("k", "o", agree.fill_null(False))
        .filter(pl.col("exact") == pl.col("exact").max().over("k"))
    )


def of_that_name(names: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Pairs `k, o, level` by name; `level` says how much of the name agrees.

    Args:
        names: `k, key, level` of keepers.
        keys: `o, key` of photographs.
    """
    lively = keys.join(crowded(keys, "key"), on="key", how="anti")
    return names.join(lively, on="key").group_by("k", "o").agg(pl.col("level").max())


def clash() -> pl.Expr:
    """Whether both sides know a camera, and not the same one."""
    return pl.any_horizontal(
        (pl.col(name) != pl.col(f"{name}_o")).fill_null(False) for name in CAMERA
    )


def sole(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of keepers that have exactly one."""
    return pairs.filter(pl.len().over("k") == 1)
