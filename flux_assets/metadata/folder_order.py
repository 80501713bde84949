"""Order within a folder: file numbers ascend with time.

Frames are compared with those of the same camera and name prefix in the same folder. Those that
break the order are found, not their neighbours: the longest sequence without inversion is right.
"""

from bisect import bisect_right
from collections.abc import Sequence

import polars as pl

_WRAPS_AT = 9999
_FILED = r"^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_[A-Za-z0-9-]+_"  # the canonical name repeats the time
_DATED = r"(?:18|19|20)\d\d[-_. ]?\d\d[-_. ]?\d\d"
_SERIES = ["source_folder", "camera", "prefix"]


def numbered(frames: pl.DataFrame) -> pl.DataFrame:
    """`frames` with `prefix` and `number`, out of `original_filename` and `file_number` (EXIF).

    `R0001234.JPG` is 1234 of the series `R`; a name that holds a date is of none, and then the
    number that EXIF has counts. Both are null where there is neither.
    """
    own = pl.col("original_filename").str.replace(_FILED, "").str.replace(r"\.[^.]*$", "")
    parts = own.str.extract_groups(r"^(\d{3}_|\D*)(\d{3,7})(?:\D|$)")
    named = parts.struct["2"].is_not_null() & ~own.str.contains(_DATED)
    return frames.with_columns(
        prefix=pl.when(named).then(parts.struct["1"]).otherwise(pl.lit("EXIF")),
        number=pl.when(named).then(parts.struct["2"].cast(pl.Int64)).otherwise("file_number"),
    )


def order_bounds(frames: pl.DataFrame) -> pl.DataFrame:
    """`photo_id, order_after, order_before`: the times of the neighbours by number.

    Args:
        frames: `photo_id, source_folder, camera, taken` (believed camera time, or null) and what
            `numbered` reads.

    A bound is null where there is no neighbour on that side. A frame of unknown camera belongs to
    the one camera that shares its folder and prefix.
    """
    only = pl.col("camera").drop_nulls().unique()
    shared = ["source_folder", "prefix"]
    series = (
        numbered(frames)
        .filter(pl.col("number").is_not_null())
        .with_columns(
            pl.when(only.len().over(shared) == 1)
            .then(pl.col("camera").drop_nulls().first().over(shared))
            .otherwise("camera")
            .fill_null("")
        )
        .sort(*_SERIES, "number", "taken", "photo_id")
    )
    ordered = _without_inversions(series)
    kept, number = pl.when("in_order").then("taken"), [*_SERIES, "number"]
    bounds = (
        ordered.group_by(number, maintain_order=True)  # RAW and JPEG share theirs
        .agg(first=kept.min(), last=kept.max())
        .select(
            *number,
            pl.col("last").shift(1).forward_fill().over(_SERIES).alias("order_after"),
            pl.col("first").shift(-1).backward_fill().over(_SERIES).alias("order_before"),
        )
    )
    return ordered.join(bounds, on=number).select("photo_id", "order_after", "order_before")


def _without_inversions(series: pl.DataFrame) -> pl.DataFrame:
    """`series` with `in_order`; only a series that has an inversion is looked at closely."""
    earlier = pl.col("taken").forward_fill().shift(1).over(_SERIES)
    marked = series.with_columns(
        in_order=pl.col("taken").is_not_null(), falls=pl.col("taken") < earlier
    ).with_columns(pl.col("falls").any().over(_SERIES))
    wrong = marked.filter("falls").partition_by(_SERIES, maintain_order=True)
    return pl.concat([marked.filter(~pl.col("falls")), *map(_mended, wrong)]).drop("falls")


def _mended(series: pl.DataFrame) -> pl.DataFrame:
    """One series with its counter unwound if it wrapped, and its longest rising sequence marked."""
    plain = _marked(series)
    numbers = series["number"].to_list()
    if not (numbers[0] < 1000 and _WRAPS_AT - 1000 < numbers[-1] <= _WRAPS_AT):
        return plain
    gap = series["number"].diff().arg_max() or 0
    unwound = _marked(pl.concat([series[gap:], series[:gap]]))
    return unwound if unwound["in_order"].sum() > plain["in_order"].sum() else plain


def _marked(series: pl.DataFrame) -> pl.DataFrame:
    times = series["taken"].dt.epoch("ms").to_list()
    known = [(position, at) for position, at in enumerate(times) if at is not None]
    rising = {known[index][0] for index in longest_rising([at for _, at in known])}
    return series.with_columns(
        pl.Series("in_order", [position in rising for position in range(len(times))])
    )


def longest_rising(values: Sequence[int]) -> list[int]:
    """Positions of a longest sequence that never falls, ascending; `O(n log n)`.

    >>> longest_rising([1, 2, 9, 4, 4])
    [0, 1, 3, 4]
    """
    tails: list[int] = []  # the smallest last value of a sequence of each length
    ends: list[int] = []  # where it stands
    before: list[int] = []  # the position that precedes each in its sequence, or -1
    for position, value in enumerate(values):
        length = bisect_right(tails, value)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [value]
        ends[length : length + 1] = [position]
    found, position = [], ends[-1] if ends else -1
    while position >= 0:
        found.append(position)
        position = before[position]
    return found[::-1]
