"""The shutter presses of a day in the order of time, and chains of those that belong together.

RAW and JPEG of one press are one, and the JPEG speaks for both. A body is make, model and serial
number. Two photographers whose cameras tell no serial number are kept apart by where they stand:
by distance rather than by geohash, since the border of a cell cuts through streets.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import polars as pl

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Reals = np.ndarray[Any, np.dtype[np.float64]]
Together = Callable[[Numbers, Numbers], Flags]

_LOOK_BACK = 8  # presses; those of several cameras come interleaved
_SAME_PLACE_M = 200.0
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class Presses:
    """Arrays over `n` presses, by time and photo_id.

    `number` is the row of `press_rows`. `milliseconds` are since the epoch, `exact` says that they
    mean something. `body` is negative where the camera is unknown, `sequence` where it named
    no burst. `stops` is the exposure, brighter is higher, NaN where unknown. `hashes` is uint64
    and holds where `hashed`. `vectors` is float32 `(n, d)`, NaN where there is none; nothing looks
    like a flat picture.
    """

    number: Numbers
    milliseconds: Numbers
    exact: Flags
    body: Numbers
    sequence: Numbers
    stops: Reals
    lat: Reals
    lon: Reals
    hashes: np.ndarray[Any, np.dtype[np.uint64]]
    hashed: Flags
    vectors: np.ndarray[Any, np.dtype[np.float32]]

    def __len__(self) -> int:
        return len(self.number)

    def only(self, chosen: Flags) -> "Presses":
        """Some of the presses, in the same order."""
        return Presses(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def gap(self, later: Numbers, earlier: Numbers) -> Reals:
        """Seconds between presses."""
        seconds: Reals = (self.milliseconds[later] - self.milliseconds[earlier]) / 1000
        return seconds

    def same_camera(self, one: Numbers, other: Numbers) -> Flags:
        """The same known body at one place, and the same burst where the camera named one."""
        metres = _METRES_PER_DEGREE * np.hypot(
            self.lat[one] - self.lat[other],
            (self.lon[one] - self.lon[other]) * np.cos(np.radians(self.lat[one])),
        )
        same: Flags = (
            (self.body[one] >= 0)
            & (self.body[one] == self.body[other])
            & (self.sequence[one] == self.sequence[other])
            & ~(metres > _SAME_PLACE_M)  # NaN, an unknown place, is no other place
        )
        return same

    def look_alike(self, one: Numbers, other: Numbers, *, bits: int, cosine: float) -> Flags:
        """Hashes differ in at most `bits`, or vectors have a cosine of at least `cosine`."""
        hashed = self.hashed[one] & self.hashed[other]
        near = np.bitwise_count(self.hashes[one] ^ self.hashes[other]) <= bits
        cosines = np.einsum("ij,ij->i", self.vectors[one], self.vectors[other])
        alike: Flags = hashed & near | (cosines >= cosine)
        return alike

    def chains(self, together: Together) -> Numbers:
        """The first press of each press's chain, `(n,)`.

        A press is chained to the latest of the eight before it for which `together(later,
        earlier)` holds.
        """
        before = np.arange(len(self))
        for back in range(1, min(_LOOK_BACK, len(self) - 1) + 1):
            later = np.flatnonzero(before[back:] == np.arange(back, len(self))) + back
            chained = later[together(later, later - back)]
            before[chained] = chained - back
        while (before[before] != before).any():
            before = before[before]
        return before


def press_rows(photographs: pl.DataFrame) -> pl.DataFrame:
    """One row per press whose time is known, by time and photo_id: that of its JPEG.

    `members` lists the photo_ids of the press; `keeper` is 1 where any of them is one.
    """
    press = pl.coalesce("pair_id", "photo_id")
    return (
        photographs.sort(pl.col("photo_id") != press, "photo_id")
        .group_by(press.alias("press"), maintain_order=True)
        .agg(
            pl.exclude("keeper").first(),
            pl.col("keeper").cast(pl.Int8).max(),
            pl.col("photo_id").alias("members"),
        )
        .filter(pl.col("resolved_at").is_not_null())
        .sort("resolved_at", "photo_id")
    )


def presses_of(rows: pl.DataFrame) -> Presses:
    """Arrays of `press_rows`."""
    body = pl.struct("camera_make", "camera_model", "serial").rank("dense").cast(pl.Int64)
    named = pl.struct("camera_make", "camera_model", "serial", "camera_burst_id").rank("dense")
    known = pl.col("camera_make").is_not_null() | pl.col("camera_model").is_not_null()
    flat = pl.col("flat").fill_null(False)
    columns = rows.select(
        milliseconds=pl.col("resolved_at").dt.epoch("ms"),
        exact=pl.col("subsecond").str.len_chars().fill_null(0) > 0,
        body=pl.when(known).then(body).otherwise(-1),
        sequence=pl.when(pl.col("camera_burst_id").is_not_null())
        .then(named.cast(pl.Int64))
        .otherwise(-1),
        stops=_stops(),
        lat=pl.col("lat").fill_null(float("nan")),
        lon=pl.col("lon").fill_null(float("nan")),
        hashes=pl.col("phash").fill_null(0),
        hashed=pl.col("phash").is_not_null() & ~flat,
    )
    return Presses(
        number=np.arange(rows.height),
        vectors=_vectors(rows.select(pl.when(~flat).then("vector")).to_series()),
        **{name: columns[name].to_numpy() for name in columns.columns},
    )


def _stops() -> pl.Expr:
    """Exposure in stops; aperture and ISO count where they are known."""
    aperture = pl.col("aperture").str.strip_prefix("f/").cast(pl.Float64, strict=False)
    light = pl.col("exposure_s") * pl.col("iso").fill_null(100) / aperture.fill_null(1) ** 2
    return pl.when(light > 0).then(light.log(2)).otherwise(float("nan"))


def _vectors(column: pl.Series) -> np.ndarray[Any, np.dtype[np.float32]]:
    have = column.is_not_null().to_numpy()
    if not have.any():
        return np.full((len(column), 1), np.nan, np.float32)
    values = column.drop_nulls().explode().to_numpy().astype(np.float32)
    vectors = np.full((len(column), len(values) // have.sum()), np.nan, np.float32)
    vectors[have] = values.reshape(have.sum(), -1)
    return vectors
