"""`exif`: what the camera wrote into the file. Phase 4; source: the original, through exifread.

A field that is absent or makes no sense is null; nothing is guessed, a missing ISO least of all.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import dataframely as dy
import polars as pl

from flux_assets.photo_table import PhotoTable, Product
from flux_resources.exif_tags import (
    ExifUnreadable,
    Tags,
    camera_time,
    number,
    numbers,
    read_tags,
    text,
)
from flux_resources.paths import Paths

EXIF_VERSION = "1"
_FASTEST_S = 1e-7  # no camera is faster; shorter exposures are broken numbers


class Exif(PhotoTable):
    """Grain: photograph."""

    captured_at = dy.Datetime(
        nullable=True, time_unit="ms", description="DateTimeOriginal, local, with sub-seconds."
    )
    camera_make = dy.String(nullable=True, description="As written by the camera.")
    camera_model = dy.String(nullable=True, description="As written by the camera.")
    lens_model = dy.String(nullable=True, description="As written by the camera.")
    focal_length_mm = dy.Float64(nullable=True, min=0, description="Millimetres, not equivalent.")
    aperture = dy.String(nullable=True, description="`f/5.6`.")
    shutter_speed = dy.String(nullable=True, description="`1/500`, or seconds from 0.3 s: `1.3`.")
    exposure_s = dy.Float64(nullable=True, min=0, description="Exposure time in seconds.")
    iso = dy.Int32(nullable=True, min=1, description="ISO speed.")
    lat = dy.Float64(nullable=True, min=-90, max=90, description="Degrees north, WGS 84.")
    lon = dy.Float64(nullable=True, min=-180, max=180, description="Degrees east, WGS 84.")
    altitude_m = dy.Float64(nullable=True, description="Metres above sea level.")
    orientation = dy.Int8(nullable=True, min=1, max=8, description="EXIF orientation, 1-8.")
    subsecond = dy.String(nullable=True, description="SubSecTimeOriginal as written.")
    offset_time = dy.String(nullable=True, description="OffsetTimeOriginal, `+01:00`.")
    serial = dy.String(nullable=True, description="Body serial number.")


EXIF = Product("exif", Exif, value="captured_at", gap="no EXIF time")


def read_exif(inputs: pl.DataFrame, *, paths: Paths, workers: int) -> pl.DataFrame:
    """EXIF rows for index rows (`photo_id`, `path`); an unreadable file gives an error row."""
    with ThreadPoolExecutor(workers) as pool:
        rows = list(
            pool.map(partial(_read_row, paths), inputs["photo_id"], inputs["path"], chunksize=16)
        )
    schema = {name: column.dtype for name, column in Exif.columns().items()}
    return pl.DataFrame(rows, schema=schema | {"retry": pl.Boolean()}).drop("fingerprint")


def _read_row(paths: Paths, photo_id: str, path: str) -> dict[str, object]:
    try:
        fields = exif_fields(read_tags(paths.absolute(path)))
    except ExifUnreadable as error:
        return {"photo_id": photo_id, "error": f"exif: {error}", "retry": False}
    except OSError as error:
        return {"photo_id": photo_id, "error": f"exif: {error}", "retry": True}
    except Exception as error:  # no tag, however odd, may fail a day
        message = f"exif: {type(error).__name__}: {error}"
        return {"photo_id": photo_id, "error": message, "retry": False}
    return {"photo_id": photo_id, "error": None, "retry": False, **fields}


def exif_fields(tags: Tags) -> dict[str, object]:
    """The columns of `Exif` that come from tags, each None where the file has no sane value."""
    exposure = number(tags, "EXIF ExposureTime")
    aperture = number(tags, "EXIF FNumber")
    orientation = number(tags, "Image Orientation")
    lat, lon = position(tags)
    return {
        "captured_at": camera_time(tags, "EXIF DateTimeOriginal"),
        "camera_make": text(tags, "Image Make"),
        "camera_model": text(tags, "Image Model"),
        "lens_model": text(tags, "EXIF LensModel"),
        "focal_length_mm": _positive(number(tags, "EXIF FocalLength")),
        "aperture": f"f/{aperture:.3g}" if _positive(aperture) else None,
        "shutter_speed": shutter_speed(exposure),
        "exposure_s": _positive(exposure),
        "iso": _iso(number(tags, "EXIF ISOSpeedRatings")),
        "lat": lat,
        "lon": lon,
        "altitude_m": _altitude(tags),
        "orientation": int(orientation) if orientation and 1 <= orientation <= 8 else None,
        "subsecond": text(tags, "EXIF SubSecTimeOriginal"),
        "offset_time": text(tags, "EXIF OffsetTimeOriginal"),
        "serial": text(tags, "EXIF BodySerialNumber"),
    }


def shutter_speed(seconds: float | None) -> str | None:
    """Seconds as a photographer says them: `1/500` for 0.002, `2.5` for 2.5.

    >>> shutter_speed(1 / 500), shutter_speed(0.5), shutter_speed(1.3)
    ('1/500', '0.5', '1.3')
    """
    if seconds is None or seconds < _FASTEST_S:
        return None
    if seconds < 0.3:
        return f"1/{round(1 / seconds)}"
    return f"{seconds:.3g}" if seconds < 100 else f"{seconds:.0f}"


def position(tags: Tags) -> tuple[float | None, float | None]:
    """Latitude and longitude in degrees; both None unless both are sane.

    Exactly 0, 0 is what receivers write before they have a fix.
    """
    lat = _degrees(tags, "GPS GPSLatitude", negative="S", limit=90)
    lon = _degrees(tags, "GPS GPSLongitude", negative="W", limit=180)
    if lat is None or lon is None or (lat, lon) == (0, 0):
        return None, None
    return lat, lon


def _degrees(tags: Tags, name: str, *, negative: str, limit: float) -> float | None:
    parts = numbers(tags, name)
    if parts is None or len(parts) > 3:
        return None
    value = sum(part / float(60**power) for power, part in enumerate(parts))
    if not 0 <= value <= limit:
        return None
    sign = -1 if (text(tags, f"{name}Ref") or "").upper().startswith(negative) else 1
    return sign * value


def _altitude(tags: Tags) -> float | None:
    value = number(tags, "GPS GPSAltitude")
    below_sea = number(tags, "GPS GPSAltitudeRef") == 1
    return -value if value is not None and below_sea else value


def _iso(value: float | None) -> int | None:
    """ISO 65535 means `see another tag`; it is no speed."""
    return int(value) if value is not None and 1 <= value < 65535 else None


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None
