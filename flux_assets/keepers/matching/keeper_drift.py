"""A session whose keepers are all off by the same time: a zone, a summer time, a clock set late.

A session is what one camera took on one day by the keepers' own clock; it goes on past midnight
while pauses are short. Its offset is the keepers' time less that of their originals. It is proven
by names, when several keepers and the originals of their names differ by the same seconds, or by
times alone, when one offset and no other brings the keepers upon photographs and chance would
hardly do so. One or two coincidences prove nothing.
"""

from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import polars as pl

from flux_assets.keepers.matching.rungs import CAMERA, QUARTER_S, SAME_SUBSECOND_MS
from flux_resources.settings_sections import KeeperMatchSettings

_PAUSE_S = 4 * 3600  # a longer one past midnight ends the session
_AGREEING = 0.75  # of a session's keepers; others were exported by another way
_BY_CHANCE = 0.001  # offsets as good as this one that could be expected by chance
_ENOUGH = 64  # keepers of one session, evenly spread, of which the times are compared

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Seconds = np.ndarray[Any, np.dtype[np.int64]]


def session_offsets(
    keepers: pl.DataFrame,
    originals: pl.DataFrame,
    timed: pl.DataFrame,
    named: pl.DataFrame,
    settings: KeeperMatchSettings,
) -> pl.DataFrame:
    """`k, clock_offset_s` of all keepers in sessions that are proven to be off.

    Args:
        keepers, originals: as the rungs prepare them.
        timed, named: pairs `k, o` of the same time and of the same name.
    """
    sessions = _sessions(keepers)
    by_name = _by_name(sessions, originals, named, settings)
    counted = sessions.join(by_name, on="session", how="left").with_columns(
        fits=pl.col("k").is_in(timed["k"].implode())
    )
    open_sessions = counted.filter(pl.col("offset").is_null()).filter(
        (pl.col("second").n_unique().over("session") >= settings.drift_keepers)
        & (pl.col("fits").mean().over("session") < 0.5)
    )
    by_time = _by_time(open_sessions, originals, settings)
    proven = pl.concat([by_name.filter(pl.col("offset") != 0), by_time])
    return sessions.join(proven, on="session").select(
        "k", pl.col("offset").cast(pl.Int32).alias("clock_offset_s")
    )


def _sessions(keepers: pl.DataFrame) -> pl.DataFrame:
    """Keepers that have a time, with the number of their `session`."""
    camera = pl.concat_str([pl.col(name).fill_null("") for name in CAMERA], separator="|")
    second = pl.col("second")
    day = second.floordiv(86_400)
    pause = (day != day.shift()) & (second - second.shift() > _PAUSE_S)
    begins = ((camera != camera.shift()) | pause).fill_null(True)
    return (
        keepers.drop_nulls("second")
        .sort(camera, "second", "k")
        .with_columns(session=begins.cum_sum())
        .select("k", "session", "second", "ms", *CAMERA)
    )


def _by_name(
    sessions: pl.DataFrame,
    originals: pl.DataFrame,
    named: pl.DataFrame,
    settings: KeeperMatchSettings,
) -> pl.DataFrame:
    """`session, offset` where names prove one; 0 where they prove that the clock was right.

    Several edits of one original say it once.
    """
    offset = (pl.col("second") - pl.col("second_o")).alias("offset")
    votes = (
        sessions.join(named.select("k", "o"), on="k")
        .join(originals.select("o", pl.col("second").alias("second_o")), on="o")
        .filter(offset.abs() <= settings.drift_hours * 3600)
        .select("session", "o", offset)
    )
    needed = pl.lit(settings.drift_keepers)
    each = votes.unique(["session", "o", "offset"])
    return (
        each.group_by("session", "offset")
        .agg(agreeing=pl.len())
        .join(each.group_by("session").agg(told=pl.len()), on="session")
        .filter(pl.col("agreeing") >= pl.max_horizontal(pl.col("told") * _AGREEING, needed))
        .select("session", "offset")
    )


def _by_time(
    sessions: pl.DataFrame, originals: pl.DataFrame, settings: KeeperMatchSettings
) -> pl.DataFrame:
    """`session, offset` where times alone prove one."""
    limit = int(settings.drift_hours * 3600)
    stamped = originals.select("second", "ms", *CAMERA).drop_nulls("second").sort("second")
    proven = []
    for (session,), keepers in sessions.group_by("session", maintain_order=True):
        span = pl.col("second").is_between(
            keepers["second"].min() - limit,  # type: ignore[operator]
            keepers["second"].max() + limit,  # type: ignore[operator]
        )
        near = stamped.filter(span, *(_same_camera(keepers, name) for name in CAMERA))
        spread = np.linspace(0, keepers.height - 1, min(keepers.height, _ENOUGH)).astype(int)
        offset = _aligning_offset(_stamps(keepers[spread]), _stamps(near), limit)
        if offset is not None:
            proven.append((session, offset))
    return pl.DataFrame(
        proven, {"session": sessions.schema["session"], "offset": pl.Int64}, orient="row"
    )


def _same_camera(keepers: pl.DataFrame, name: str) -> pl.Expr:
    known = keepers[name][0]
    return pl.lit(True) if known is None else pl.col(name).fill_null(known) == known


@dataclass(frozen=True)
class _Stamps:
    """Times as seconds, and milliseconds within them; NaN where these are not known."""

    second: Seconds
    ms: Numbers


def _stamps(frame: pl.DataFrame) -> _Stamps:
    times = frame.select("second", pl.col("ms").cast(pl.Float64)).unique(maintain_order=True)
    return _Stamps(times["second"].to_numpy(), times["ms"].fill_null(np.nan).to_numpy())


def _aligning_offset(keepers: _Stamps, originals: _Stamps, limit: int) -> int | None:
    """The one offset in seconds, not 0, that brings the keepers upon originals; else None."""
    if not len(originals.second):
        return None
    apart = np.abs(keepers.ms[:, None] - originals.ms[None, :])
    compatible = ~(apart >= SAME_SUBSECOND_MS)  # NaN is compatible
    offsets = keepers.second[:, None] - originals.second[None, :]
    hits = compatible & (np.abs(offsets) <= limit)
    rows = np.broadcast_to(np.arange(len(keepers.second))[:, None], hits.shape)[hits]
    pairs = np.unique(np.stack([offsets[hits], rows], axis=1), axis=0)
    found, counts = np.unique(pairs[:, 0], return_counts=True)
    chances = _chances(originals, compatible)
    quarters = found % QUARTER_S == 0
    for among, tried in ((quarters, 2 * limit // QUARTER_S), (~quarters, 2 * limit)):
        best = _unrivalled(found[among], counts[among])
        if best in (None, 0) or (rivals := counts[found == best][0]) < _AGREEING * len(chances):
            continue
        aligned = pairs[pairs[:, 0] == best, 1]
        ways = tried * comb(len(chances), int(rivals))
        if ways * _coincidence(keepers.second[aligned], chances[aligned]) < _BY_CHANCE:
            return int(best)
    return None


def _unrivalled(found: Seconds, counts: Seconds) -> int | None:
    """The offset that aligns more keepers than any other."""
    if not len(found):
        return None
    most = np.flatnonzero(counts == counts.max())
    return int(found[most[0]]) if len(most) == 1 else None


def _chances(originals: _Stamps, compatible: "np.ndarray[Any, np.dtype[np.bool_]]") -> Numbers:
    """How likely each keeper meets an original at a random second of the minutes that have any."""
    seconds = 60 * len(np.unique(originals.second // 60))
    chances: Numbers = np.minimum(compatible.sum(axis=1) / seconds, 1.0)
    return chances


def _coincidence(seconds: Seconds, chances: Numbers) -> float:
    """How likely all meet one at once; what lies in one minute, as a burst does, counts once."""
    minutes = seconds // 60
    return float(np.prod([chances[minutes == minute].max() for minute in np.unique(minutes)]))
