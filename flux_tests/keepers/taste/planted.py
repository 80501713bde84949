"""An archive of made-up vectors whose photographer keeps by a known rule.

A frame's vector is what all pictures share, its session, its scene and its own part, mixed by
`Rule` and brought to unit length. Frames of one scene are a burst. What a frame is worth is its
standing along one fixed direction, in standard deviations, plus `bonus` if it stands highest in its
burst. The frames worth most, after normal noise of `noise`, are kept; then a share `swapped` of the
keepers changes places with other photographs, drawn at random. The oracle knows the worth, and
neither noise nor swaps.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from flux_assets.keepers.taste.evaluation import Numbers
from flux_resources.vectors import Vectors

_QUALITY = ("sharpness", "exposure", "noise", "contrast", "quality_score")
_LIGHT = ("median_luminance", "dark_ratio", "mean_saturation")
_START = datetime(2022, 1, 1, 8)
_SCENES_AT_ONCE = 20_000

Counts = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Rule:
    """The planted taste; see above. `own` and `session` are shares of a vector's variance."""

    positives: float = 0.0375
    bonus: float = 1.0
    noise: float = 0.5
    swapped: float = 0.05
    own: float = 0.3
    session: float = 0.1
    session_frames: int = 200
    seed: int = 0


@dataclass(frozen=True)
class Planted:
    """`known`, `vectors` and `training` as for `train`, and the oracle's scores `(n,)`."""

    known: pl.DataFrame
    vectors: Vectors
    training: pl.DataFrame
    oracle: Numbers


def plant(count: int, dimensions: int, rule: Rule | None = None) -> Planted:
    """An archive of `count` photographs with float32 vectors `(count, dimensions)`."""
    rule = rule or Rule()
    random = np.random.default_rng(rule.seed)
    session, scene = _sessions_and_scenes(count, rule, random)
    vectors = _vectors(session, scene, dimensions, rule, random)
    standing = (vectors @ random.standard_normal(dimensions).astype(np.float32)).astype(np.float64)
    standing = (standing - standing.mean()) / standing.std()
    frames = np.bincount(scene)[scene]
    highest = np.full(scene[-1] + 1, -np.inf)
    np.maximum.at(highest, scene, standing)
    worth = standing + rule.bonus * ((standing == highest[scene]) & (frames > 1))
    keeper = _kept(worth, rule, random)
    known = _known(session, scene, random)
    return Planted(known, vectors, _training(known, session, keeper, random), worth)


def _sessions_and_scenes(
    count: int, rule: Rule, random: np.random.Generator
) -> tuple[Counts, Counts]:
    """The session and the scene of each frame; after 45 % of the frames the scene goes on."""
    sizes = 5 + random.lognormal(np.log(rule.session_frames), 0.7, count).astype(np.int64)
    session = np.repeat(np.arange(count), np.minimum(sizes, count))[:count]
    starts = random.random(count) > 0.45
    starts[0] = True
    starts[1:] |= session[1:] != session[:-1]
    return session, np.cumsum(starts) - 1


def _vectors(
    session: Counts, scene: Counts, dimensions: int, rule: Rule, random: np.random.Generator
) -> Vectors:
    def parts(rows: int, share: float) -> Vectors:
        drawn = random.standard_normal((rows, dimensions), dtype=np.float32)
        return drawn * np.float32(np.sqrt(share))

    shared, sessions = parts(1, 1.0), parts(session[-1] + 1, rule.session)
    vectors = np.empty((len(scene), dimensions), np.float32)
    for first in range(0, scene[-1] + 1, _SCENES_AT_ONCE):
        rows = slice(*np.searchsorted(scene, [first, first + _SCENES_AT_ONCE]))
        scenes = parts(_SCENES_AT_ONCE, 1 - rule.own - rule.session)
        mixed = parts(len(scene[rows]), rule.own)
        mixed += scenes[scene[rows] - first] + sessions[session[rows]] + shared
        vectors[rows] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return vectors


def _kept(worth: Numbers, rule: Rule, random: np.random.Generator) -> Counts:
    """0 or 1 for each frame."""
    count = int(rule.positives * len(worth))
    order = np.argsort(-(worth + rule.noise * random.standard_normal(len(worth))))
    keeper = np.zeros(len(worth), np.int64)
    keeper[order[:count]] = 1
    swapped = int(rule.swapped * count)
    keeper[random.choice(order[:count], swapped, replace=False)] = 0
    keeper[random.choice(order[count:], swapped, replace=False)] = 1
    return keeper


def _known(session: Counts, scene: Counts, random: np.random.Generator) -> pl.DataFrame:
    """Facts of each frame; quality and light are random, and so is the time of day."""
    count = len(session)
    pauses = pl.Series(np.where(np.diff(scene, prepend=-1) > 0, random.exponential(60, count), 0.4))
    frames = pl.len().over("scene")
    days = pl.Series([_START + timedelta(days=int(day)) for day in range(session[-1] + 1)])
    drawn = {name: random.random(count) for name in (*_QUALITY, *_LIGHT)}
    return (
        pl.DataFrame({"session": session, "scene": scene, "pause": pauses, **drawn})
        .with_columns(start=days[session])
        .select(
            pl.format("photo_{}", pl.int_range(pl.len()).cast(pl.String).str.zfill(7)).alias(
                "photo_id"
            ),
            pl.col("start").dt.strftime("%Y-%m-%d").alias("day"),
            (pl.col("start") + pl.duration(seconds=pl.col("pause").cum_sum().over("session")))
            .cast(pl.Datetime("ms"))
            .alias("resolved_at"),
            pl.when(frames > 1).then(pl.format("burst_{}", "scene")).alias("burst_id"),
            pl.when(frames > 1)
            .then(pl.int_range(1, pl.len() + 1).over("scene"))
            .cast(pl.Int32)
            .alias("position"),
            pl.when(frames > 1).then(frames).cast(pl.Int32).alias("burst_size"),
            *drawn,
        )
    )


def _training(
    known: pl.DataFrame, session: Counts, keeper: Counts, random: np.random.Generator
) -> pl.DataFrame:
    """Whole sessions in splits of 80, 10 and 10 %, by chance and by time."""
    names = np.array(["train", "validation", "test"])
    bounds = [0.8, 0.9]
    by_chance = np.searchsorted(bounds, random.random(session[-1] + 1))[session]
    by_time = np.searchsorted(bounds, np.arange(len(session)) / len(session))
    by_time = np.maximum.reduceat(by_time, np.unique(session, return_index=True)[1])[session]
    return known.select(
        "photo_id",
        "day",
        keeper=pl.Series(keeper, dtype=pl.Int8),
        weight=pl.lit(1.0),
        group_id="day",
        split=pl.Series(names[by_chance]),
        forward_split=pl.Series(names[by_time]),
    )
