"""How right and how fast the offline geocoder is, beside plain `reverse-geocoder`.

    python -m benchmarks.places [--coordinates 400000] [--json]

Truth is the list of airports in `$FLUX_SHARED/photos/geo/airports.csv` (default `../shared`), whose
"city" is loose: it may be the city an airport serves, or the village it lies in. A row is on land
when it is not more than about 5 km from land by GSHHG's mask; seaplanes land beside it.
`reverse-geocoder` answers the same rows by the nearest place, however far; its city counts when
that is within 25 km.

Speed is that of the whole of `locate`, with zones, countries, cities and geohashes, for random
coordinates on land; loading the data, once per process, is shown apart. `reverse-geocoder` looks
up the nearest place of the same coordinates and nothing else.
"""

import argparse
import contextlib
import io
import json
import os
import re
import time
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from flux_assets.metadata.places import locate
from flux_resources.geography.countries import near_land
from flux_resources.geography.geocoder import Geocoder, haversine_km

REQUIRED_COUNTRY = 0.99
REQUIRED_SECONDS = 10.0
_REACH_KM = 25.0
# Territories with a code of their own in ISO 3166, that the list enters under their state.
_SAME = {"PR": "US", "VI": "US", "AX": "FI", "SJ": "NO"}


def airports(shared: Path) -> pl.DataFrame:
    """`photo_id, name, lat, lon, city, country` of the rows on land."""
    rows = (
        pl.read_csv(shared / "photos" / "geo" / "airports.csv", infer_schema=False)
        .select("name", "city", "country", pl.col("lat", "lon").cast(pl.Float64))
        .with_row_index("photo_id")
        .cast({"photo_id": pl.String})
    )
    return rows.filter(near_land(rows["lat"].to_numpy(), rows["lon"].to_numpy()))


def ours(rows: pl.DataFrame) -> pl.DataFrame:
    """`code, found, km` by `locate`."""
    located = locate(rows.select("photo_id", "lat", "lon"), geocoder=Geocoder())
    return located.select(
        code="country_code", found="location_city", km=pl.col("place_distance_km")
    )


def peer(rows: pl.DataFrame) -> pl.DataFrame:
    """`code, found, km` by `reverse-geocoder`."""
    points = rows.select("lat", "lon").to_numpy()
    nearest = _peer().query([tuple(point) for point in points.tolist()])
    where = np.array([(float(place["lat"]), float(place["lon"])) for place in nearest])
    return pl.DataFrame(
        {
            "code": [place["cc"] for place in nearest],
            "found": [place["name"] for place in nearest],
            "km": haversine_km(points, where),
        }
    )


def figures(rows: pl.DataFrame, answers: pl.DataFrame) -> dict[str, float]:
    """Shares of the rows; the one of names counts only rows that the list names a city for."""
    both = pl.concat([rows, answers], how="horizontal")
    near = pl.col("found").is_not_null() & (pl.col("km") <= _REACH_KM)
    named = both.filter(pl.col("city").is_not_null())
    same = [_plain(a) == _plain(b) for a, b in named.select("city", "found").iter_rows()]
    return {
        "country right": 1 - wrong(both).height / both.height,
        "city within 25 km": both.filter(near).height / both.height,
        "city as in the list": named.filter(near & pl.Series(same)).height / named.height,
    }


def wrong(both: pl.DataFrame) -> pl.DataFrame:
    same = pl.col("code").replace(_SAME) == pl.col("country").replace(_SAME)
    return both.filter(~same.fill_null(False))


def speed(count: int) -> dict[str, float]:
    """Seconds for `count` random coordinates on land."""
    rows = on_land(count)
    points = list(rows.select("lat", "lon").iter_rows())
    started = time.perf_counter()
    locate(rows, geocoder=Geocoder())
    located = time.perf_counter()
    _peer().query(points)
    return {"locate": located - started, "reverse-geocoder": time.perf_counter() - located}


def on_land(count: int) -> pl.DataFrame:
    """`photo_id, lat, lon, place`, uniform on the land of the sphere."""
    random = np.random.default_rng(0)
    drawn = count * 4  # land is three tenths of the Earth
    lat = np.degrees(np.arcsin(random.uniform(-1, 1, drawn)))
    lon = random.uniform(-180, 180, drawn)
    land = near_land(lat, lon)
    return (
        pl.DataFrame({"lat": lat[land], "lon": lon[land]})
        .head(count)
        .with_columns(
            pl.int_range(pl.len()).cast(pl.String).alias("photo_id"),
            pl.lit(None, pl.String).alias("place"),
        )
    )


def _peer() -> Any:
    import reverse_geocoder

    with contextlib.redirect_stdout(io.StringIO()):
        return reverse_geocoder.RGeocoder(mode=1, verbose=False)


def _plain(name: str | None) -> str:
    letters = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode()
    return re.sub("[^a-z]", "", letters.lower())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--coordinates", type=int, default=400_000)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    started = time.perf_counter()
    Geocoder().places([(41.9, 12.5)])
    loading = time.perf_counter() - started
    rows = airports(Path(os.environ.get("FLUX_SHARED", "../shared")))
    answers = ours(rows)
    found, plain = figures(rows, answers), figures(rows, peer(rows))
    seconds = speed(options.coordinates)
    if options.json:
        print(json.dumps({"flux": found, "reverse-geocoder": plain, "seconds": seconds}, indent=1))
        return
    print(
        f"{rows.height} airports on land{'':3}{'flux':>8}{'reverse-geocoder':>19}{'required':>11}"
    )
    for name, share in found.items():
        bound = f">= {REQUIRED_COUNTRY:.0%}" if name == "country right" else ""
        print(f"{name:25}{share:9.2%}{plain[name]:19.2%}{bound:>11}")
    print(f"\n{options.coordinates} coordinates on land, {os.cpu_count()} processors")
    print(f"{'locate':25}{seconds['locate']:7.2f} s   (required < {REQUIRED_SECONDS:g} s)")
    print(f"{'reverse-geocoder':25}{seconds['reverse-geocoder']:7.2f} s   (nearest place alone)")
    print(f"{'loading, once':25}{loading:7.2f} s\n\nairports whose country differs:")
    both = pl.concat([rows, answers], how="horizontal")
    for row in wrong(both).sort("country", "name").iter_rows(named=True):
        where = f"{row['lat']:9.4f} {row['lon']:9.4f}"
        print(f"  list {row['country']}  flux {row['code'] or '--'}  {where}  {row['name']}")


if __name__ == "__main__":
    main()
