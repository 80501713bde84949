"""`places`: where a photograph was made, by GPS or by a person's word. Phase 4.

Source: `exif`, the decisions and the geocoder. Null without GPS: nothing is guessed here.
"""

import json
import math

import dataframely as dy
import polars as pl

from flux_assets.photo_table import Product, WaitingTable
from flux_resources.geography.geocoder import Coordinate, Geocoder

PLACES_VERSION = "2"
GEOHASHES = (4, 6, 8)  # characters: cells of about 39 km, 1.2 km and 38 m


class Places(WaitingTable):
    """Grain: photograph."""

    lat = dy.Float64(nullable=True, min=-90, max=90, description="Degrees north, WGS 84.")
    lon = dy.Float64(nullable=True, min=-180, max=180, description="Degrees east, WGS 84.")
    location_city = dy.String(nullable=True, description="Place it belongs to, at most 25 km off.")
    location_country = dy.String(nullable=True, description="English name; null at sea.")
    country_code = dy.String(nullable=True, description="ISO 3166 alpha-2, from polygons.")
    admin1 = dy.String(nullable=True, description="State, region or province of the city.")
    place_distance_km = dy.Float64(nullable=True, min=0, description="To the city's centre, km.")
    geohash_4 = dy.String(nullable=True, description="Cell of about 39 x 20 km.")
    geohash_6 = dy.String(nullable=True, description="Cell of about 1.2 x 0.6 km.")
    geohash_8 = dy.String(nullable=True, description="Cell of about 38 x 19 m.")
    time_zone = dy.String(nullable=True, description="IANA name; `Etc/GMT` zones at sea.")
    source = dy.Enum(["gps", "manual"], nullable=True, description="Measured, or said by a person.")


PLACES = Product("places", Places, value="source", gap="no GPS")


def places_version(geocoder: Geocoder) -> str:
    """What a row depends on beside its inputs."""
    return f"{PLACES_VERSION}|{geocoder.version}"


def locate(inputs: pl.DataFrame, *, geocoder: Geocoder) -> pl.DataFrame:
    """Place rows for `photo_id, lat, lon` (degrees, null without GPS) and `place`.

    `place` holds what a person decided, as JSON `{"lat": 41.89, "lon": 12.49}`, or null; it
    outranks GPS. Rows that are `pending` ask for a retry.
    """
    positions = _positions(inputs)
    known = positions.filter(pl.col("source").is_not_null())
    named = place_columns(list(known.select("lat", "lon").iter_rows()), geocoder)
    return positions.join(
        named.with_columns(known["photo_id"]), on="photo_id", how="left"
    ).with_columns(pl.col("pending").is_not_null().alias("retry"))


def place_columns(points: list[Coordinate], geocoder: Geocoder) -> pl.DataFrame:
    """One row for each `(lat, lon)` in degrees: the columns that follow from a position."""
    import pygeohash

    places = geocoder.places(points)
    cells = [pygeohash.encode(lat, lon, GEOHASHES[-1]) for lat, lon in points]
    columns = {
        "location_city": [place.city for place in places],
        "location_country": [place.country for place in places],
        "country_code": [place.country_code for place in places],
        "admin1": [place.admin1 for place in places],
        "place_distance_km": [place.distance_km for place in places],
        **{f"geohash_{size}": [cell[:size] for cell in cells] for size in GEOHASHES},
        "time_zone": [place.time_zone for place in places],
        "pending": [place.pending for place in places],
    }
    return pl.DataFrame(columns, schema={name: Places.columns()[name].dtype for name in columns})


def _positions(inputs: pl.DataFrame) -> pl.DataFrame:
    """`photo_id, lat, lon, source, error`: a person's word where there is one, else GPS."""
    if "place" not in inputs.columns:
        inputs = inputs.with_columns(pl.lit(None, pl.String).alias("place"))
    said = inputs.filter(pl.col("place").is_not_null()).select("photo_id", "place")
    decided = pl.DataFrame(
        [(photo_id, *_decided(place)) for photo_id, place in said.iter_rows()],
        schema={"photo_id": pl.String, "y": pl.Float64, "x": pl.Float64, "error": pl.String},
        orient="row",
    )
    manual = pl.col("place").is_not_null()
    lat = pl.when(manual).then("y").otherwise("lat")
    lon = pl.when(manual).then("x").otherwise("lon")
    known = lat.is_not_null() & lon.is_not_null()
    return inputs.join(decided, on="photo_id", how="left").select(
        "photo_id",
        lat=pl.when(known).then(lat),
        lon=pl.when(known).then(lon),
        source=pl.when(known)
        .then(pl.when(manual).then(pl.lit("manual")).otherwise(pl.lit("gps")))
        .cast(Places.columns()["source"].dtype),
        error="error",
    )


def _decided(place: str) -> tuple[float | None, float | None, str | None]:
    """Latitude, longitude and what is wrong with them, of a decision's JSON."""
    value = json.loads(place)
    try:
        lat, lon = float(value["lat"]), float(value["lon"])
    except (KeyError, TypeError, ValueError):
        lat = lon = math.nan
    if abs(lat) <= 90 and abs(lon) <= 180:
        return lat, lon, None
    return None, None, f"places: {place} is no position; say it again: flux set --place 41.89,12.49"
