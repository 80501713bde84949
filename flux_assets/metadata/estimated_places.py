"""`estimated_places`: places borrowed from neighbours in time. Phase 4.

Source: `capture_times`, `places` and the geocoder. A photograph without a measured position
stands between two that have one, of whatever camera: the last before it and the first after it.
Where both agree, it was on the way from one to the other. Photographs with a measured position
have nulls here, so that guesses and measurements never mix; those whose date is uncertain neither
lend nor borrow.
"""

import dataframely as dy
import numpy as np
import polars as pl

from flux_assets.metadata.places import Places, place_columns, places_version
from flux_assets.photo_table import Product
from flux_resources.geography.geocoder import Coordinate, Geocoder, haversine_km
from flux_resources.settings_sections import PlaceSettings

ESTIMATED_PLACES_VERSION = "1"
DAYS_AROUND = 2  # whose photographs may lend: 37 hours reach into the second day
UNTRUSTED = "date-uncertain"
_PENDING = "the days around it are not materialized yet"
_SHORTEST_S = 1.0  # between neighbours: clocks of cameras show no less
_SIDES = {"before": "backward", "after": "forward"}


class EstimatedPlaces(Places):
    """Grain: photograph. Geohashes and city are those of the estimated position."""

    source = dy.Enum(["estimated"], nullable=True, description="Never measured.")
    hours_before = dy.Float64(nullable=True, min=0, description="Since the neighbour before it.")
    hours_after = dy.Float64(nullable=True, min=0, description="Until the neighbour after it.")
    apart_km = dy.Float64(nullable=True, min=0, description="Between the two neighbours.")


ESTIMATED_PLACES = Product(
    "estimated_places", EstimatedPlaces, value="source", gap="measured, or no neighbours that agree"
)


def estimated_places_version(settings: PlaceSettings, geocoder: Geocoder) -> str:
    """What a row depends on beside its inputs and neighbours."""
    borrowed = f"{settings.borrow_hours:g} h|{settings.borrow_km:g} km|{settings.borrow_kmh:g} km/h"
    return f"{ESTIMATED_PLACES_VERSION}|{borrowed}|{places_version(geocoder)}"


def with_neighbours(
    photographs: pl.DataFrame, around: pl.DataFrame, settings: PlaceSettings
) -> pl.DataFrame:
    """The photographs of a day, each that may borrow with its two neighbours.

    Args:
        photographs: `photo_id, resolved_at_utc, flags` (list of strings), `source` of `places`.
        around: `resolved_at_utc, flags, lat, lon` of the photographs of the day and of
            `DAYS_AROUND` days before and after it; `lat, lon` are those of `places`.

    Returns:
        All given columns, for each side (`before`, `after`) `{side}_at`, `{side}_lat` and
        `{side}_lon`, and `neighbours`: their text, which belongs into the fingerprint.
    """
    lending = (
        around.filter(_dated(), pl.col("lat").is_not_null(), pl.col("lon").is_not_null())
        .select(pl.col("resolved_at_utc").alias("at"), "lat", "lon")
        .sort("at", "lat", "lon")
    )
    borrowing = photographs.filter(_dated(), pl.col("source").is_null())
    found = borrowing.select("photo_id", "resolved_at_utc").sort("resolved_at_utc")
    for side, strategy in _SIDES.items():
        found = found.join_asof(
            lending.select(pl.all().name.prefix(f"{side}_")),
            left_on="resolved_at_utc",
            right_on=f"{side}_at",
            strategy=strategy,  # type: ignore[arg-type]
            tolerance=f"{round(settings.borrow_hours * 3_600_000)}ms",
            coalesce=False,
        )
    columns = [f"{side}_{name}" for side in _SIDES for name in ("at", "lat", "lon")]
    return photographs.join(
        found.select("photo_id", *columns), on="photo_id", how="left", maintain_order="left"
    ).with_columns(
        neighbours=pl.concat_str(
            [pl.col(name).cast(pl.String).fill_null("") for name in columns], separator=" "
        )
    )


def estimate_places(
    inputs: pl.DataFrame, *, geocoder: Geocoder, settings: PlaceSettings, complete: bool
) -> pl.DataFrame:
    """Rows of `EstimatedPlaces` for the rows of `with_neighbours`.

    Unless `complete`, some day around with photographs has no capture times or places yet: then
    every photograph that may borrow is `pending` and asks for a retry, whatever it found so far.
    """
    agreeing = _agreeing(inputs, settings)
    points = _between(agreeing)
    named = place_columns(points, geocoder).with_columns(
        agreeing["photo_id", "hours_before", "hours_after", "apart_km"],
        lat=pl.Series([lat for lat, _ in points], dtype=pl.Float64),
        lon=pl.Series([lon for _, lon in points], dtype=pl.Float64),
        source=pl.lit("estimated", EstimatedPlaces.columns()["source"].dtype),
    )
    may_borrow = _dated() & pl.col("source").is_null()
    waiting = may_borrow & (not complete)
    return (
        inputs.select("photo_id", waiting.alias("waiting"))
        .join(named, on="photo_id", how="left")
        .with_columns(
            pl.lit(None, pl.String).alias("error"),
            pl.when("waiting").then(pl.lit(_PENDING)).otherwise("pending").alias("pending"),
        )
        .with_columns(pl.col("pending").is_not_null().alias("retry"))
        .drop("waiting")
    )


def _dated() -> pl.Expr:
    """Whether the time of a photograph is known and trusted."""
    uncertain = pl.col("flags").list.contains(UNTRUSTED).fill_null(False)
    return pl.col("resolved_at_utc").is_not_null() & ~uncertain


def _agreeing(inputs: pl.DataFrame, settings: PlaceSettings) -> pl.DataFrame:
    """Rows whose two neighbours agree, with how far these are in hours and km."""
    both = inputs.filter(pl.col("before_at").is_not_null() & pl.col("after_at").is_not_null())
    ends = [both.select(f"{side}_lat", f"{side}_lon").to_numpy() for side in _SIDES]
    seconds = (pl.col("after_at") - pl.col("before_at")).dt.total_milliseconds() / 1000
    return both.with_columns(
        apart_km=pl.Series(haversine_km(*ends)),
        hours_before=_hours(pl.col("resolved_at_utc") - pl.col("before_at")),
        hours_after=_hours(pl.col("after_at") - pl.col("resolved_at_utc")),
    ).filter(
        pl.col("apart_km") < settings.borrow_km,
        pl.col("apart_km") / seconds.clip(_SHORTEST_S) * 3600 < settings.borrow_kmh,
    )


def _between(rows: pl.DataFrame) -> list[Coordinate]:
    """Positions on the straight way between the neighbours, by time; also across the date line."""
    total = (rows["hours_before"] + rows["hours_after"]).to_numpy()
    share = np.divide(rows["hours_before"].to_numpy(), total, where=total > 0, out=total * 0)
    before, after = (
        _unit_vectors(rows[f"{side}_lat"].to_numpy(), rows[f"{side}_lon"].to_numpy())
        for side in _SIDES
    )
    x, y, z = (before + (after - before) * share[:, None]).T
    lat, lon = np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
    return list(zip(lat.tolist(), lon.tolist(), strict=True))


def _unit_vectors(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """`(n, 3)` float64 of degrees."""
    lat, lon = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _hours(duration: pl.Expr) -> pl.Expr:
    return duration.dt.total_milliseconds() / 3_600_000
