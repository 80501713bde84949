"""`places`: where a photograph was made, by GPS. Phase 4; source: `exif` and the geocoder.

Null without GPS: nothing is guessed here.
"""

import dataframely as dy
import polars as pl

from flux_assets.photo_table import PhotoTable, Product
from flux_resources.geocoder import Geocoder

PLACES_VERSION = "1"


class Places(PhotoTable):
    """Grain: photograph."""

    location_city = dy.String(nullable=True, description="Nearest populated place.")
    location_country = dy.String(nullable=True, description="English country name.")
    country_code = dy.String(nullable=True, description="ISO 3166 alpha-2.")
    admin1 = dy.String(nullable=True, description="State, region or province.")
    place_distance_km = dy.Float64(nullable=True, min=0, description="Distance to the place, km.")
    source = dy.Enum(["gps"], nullable=True, description="What the place was derived from.")


PLACES = Product("places", Places, value="source", gap="no GPS")


def locate(inputs: pl.DataFrame, *, geocoder: Geocoder) -> pl.DataFrame:
    """Place rows for `photo_id, lat, lon` (degrees, null without GPS)."""
    measured = inputs.filter(pl.col("lat").is_not_null() & pl.col("lon").is_not_null())
    places = geocoder.places(list(measured.select("lat", "lon").iter_rows()))
    located = pl.DataFrame(
        {
            "photo_id": measured["photo_id"],
            "location_city": [place.city for place in places],
            "location_country": [place.country for place in places],
            "country_code": [place.country_code for place in places],
            "admin1": [place.admin1 for place in places],
            "place_distance_km": [place.distance_km for place in places],
            "source": ["gps"] * len(places),
        },
        schema_overrides={
            name: column.dtype
            for name, column in Places.columns().items()
            if name not in ("error", "fingerprint")
        },
    )
    return (
        inputs.select("photo_id")
        .join(located, on="photo_id", how="left")
        .with_columns(pl.lit(None, dtype=pl.String).alias("error"))
    )
