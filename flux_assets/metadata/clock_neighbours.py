"""A camera without GPS time, set right by another camera that the same photographer carried.

Two bodies in one session are used in turn: the frames of one lie close to those of the other. A
shift by whole quarters of an hour is believed when it, and no other, brings that about:

- nearly all moments of either camera then have a frame of the other within two minutes, and
  within a kilometre where both have a position;
- unshifted, and an hour or more from the shift, less than half as many do;
- the quarters next to it do clearly worse.

Moments are frames two minutes apart, and eight are needed. A camera used all day long next to
another fits at many shifts, and nothing is said of it.
"""

from typing import Any

import numpy as np
import polars as pl

_TOGETHER_S = 120
_MOMENTS = 8
_SHIFTS_S = np.arange(-14 * 4, 14 * 4 + 1) * 900
_NEARLY_ALL, _CLEARLY = 0.8, 0.1
_NEAR_KM, _KM_PER_DEGREE = 1.0, 111.2

Floats = np.ndarray[Any, np.dtype[np.float64]]


def neighbour_offsets(frames: pl.DataFrame) -> pl.DataFrame:
    """`camera, day, zone, clock_offset_s` of cameras that a neighbour sets right.

    `frames` have `camera, day, taken, zone, lat, lon`, and `clock_offset_s` where the
    clock is known.
    """
    found = []
    known = pl.col("clock_offset_s").is_not_null()
    usable = frames.drop_nulls(["camera", "taken"])
    both = usable.filter((known.any() & ~known.all()).over("day"))
    for (day,), session in both.group_by("day"):
        anchors = session.filter(known).with_columns(
            taken=pl.col("taken") - pl.duration(seconds="clock_offset_s")
        )
        zones = anchors["zone"].unique().to_list()
        unknown = session.filter((~known).all().over("camera"))
        for (camera,), frames_of_one in unknown.group_by("camera"):
            own = frames_of_one["zone"].drop_nulls().unique().to_list()
            if len(zones) == 1 and own in ([], zones):
                shift = shift_between(_points(anchors), _points(frames_of_one))
                found.append((camera, day, zones[0], shift))
    schema = {name: frames.schema[name] for name in ("camera", "day", "zone")}
    return pl.DataFrame(
        found, schema=schema | {"clock_offset_s": pl.Int32()}, orient="row"
    ).drop_nulls("clock_offset_s")


def shift_between(right: Floats, other: Floats) -> int | None:
    """By how many seconds `other` runs ahead of `right`; None where nothing, or nothing sure.

    Both are `(n, 3)`: seconds, latitude and longitude in degrees (NaN where unknown).
    """
    right, other = _moments(right), _moments(other)
    if min(len(right), len(other)) < _MOMENTS:
        return None
    scores = np.array([_score(right, other - [shift, 0, 0]) for shift in _SHIFTS_S])
    best = int(scores.argmax())
    near = np.abs(_SHIFTS_S - _SHIFTS_S[best]) < 3600
    near[_SHIFTS_S == 0] = False
    rivals_near = np.delete(scores, best)[np.delete(near, best)]
    sure = (
        _SHIFTS_S[best] != 0
        and scores[best] >= _NEARLY_ALL
        and scores[~near].max() <= scores[best] / 2
        and rivals_near.max() <= scores[best] - _CLEARLY
    )
    return int(_SHIFTS_S[best]) if sure else None


def _points(frames: pl.DataFrame) -> Floats:
    seconds = pl.col("taken").dt.epoch("ms").cast(pl.Float64) / 1000
    return frames.select(seconds, "lat", "lon").fill_null(float("nan")).to_numpy()


def _moments(points: Floats) -> Floats:
    """The first frame of every two minutes, in order of time."""
    points = points[points[:, 0].argsort(kind="stable")]
    _, first = np.unique(points[:, 0] // _TOGETHER_S, return_index=True)
    return points[first]


def _score(right: Floats, other: Floats) -> float:
    """The share of moments with a frame of the other camera beside them: the lesser of both."""
    begin, end = other[0, 0] - _TOGETHER_S, other[-1, 0] + _TOGETHER_S
    meanwhile = right[(right[:, 0] >= begin) & (right[:, 0] <= end)]
    if len(meanwhile) < _MOMENTS:
        return 0.0
    return float(min(_beside(other, right).mean(), _beside(meanwhile, other).mean()))


def _beside(points: Floats, others: Floats) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    after = np.searchsorted(others[:, 0], points[:, 0]).clip(0, len(others) - 1)
    return _meet(points, others[after]) | _meet(points, others[(after - 1).clip(0)])


def _meet(first: Floats, second: Floats) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Whether two frames lie close in time, and in place unless one has no position."""
    north = first[:, 1] - second[:, 1]
    east = (first[:, 2] - second[:, 2]) * np.cos(np.radians(first[:, 1]))
    far = np.hypot(north, east) * _KM_PER_DEGREE > _NEAR_KM  # False where unknown
    return (np.abs(first[:, 0] - second[:, 0]) <= _TOGETHER_S) & ~far
