"""One file's EXIF as columns of `exif`: sane values, and what was refused with the reason.

A field that is absent or makes no sense is null; nothing is guessed, a missing ISO least of all.
Loads neither Polars nor Dagster, so that worker processes start quickly.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from flux_assets.metadata.camera_names import people_say
from flux_assets.metadata.gps import altitude, position, satellite_time
from flux_assets.metadata.sane import Sane
from flux_resources.exif.parse import ExifUnreadable
from flux_resources.exif.tags import Tags, read_tags
from flux_resources.exif.values import text

Row = dict[str, Any]

_FASTEST_S = 1e-7  # no camera is faster; shorter exposures are broken numbers
_LONGEST_S = 86_400
_WIDEST, _NARROWEST = 0.5, 500  # f-numbers, from relay lenses to pinholes
_SHORTEST_MM, _LONGEST_MM = 0.1, 50_000
_HIGHEST_ISO = 10_000_000
_ISO_IS_ELSEWHERE = 65_535
_OFFSET = re.compile(r"([+-])(0\d|1[0-4]):?([0-5]\d)")
_KEYWORDS = ("IPTC Keywords", "XMP subject", "XMP hierarchicalSubject")
_LONGEST_KEYWORD = 256
_DNG_SERIAL = "Image Tag 0xC62F"  # CameraSerialNumber, which exifread does not name


def read_rows(files: list[tuple[str, Path]]) -> list[Row]:
    """Rows of photographs by `photo_id`; a file that cannot be read gives an error row."""
    return [_read_row(photo_id, path) for photo_id, path in files]


def _read_row(photo_id: str, path: Path) -> Row:
    try:
        fields = exif_fields(read_tags(path))
    except ExifUnreadable as error:
        return error_row(photo_id, str(error), retry=False)
    except OSError as error:
        return error_row(photo_id, str(error), retry=True)
    except Exception as error:  # no tag, however odd, may fail a day
        return error_row(photo_id, f"{type(error).__name__}: {error}", retry=False)
    return {"photo_id": photo_id, "error": None, "retry": False, **fields}


def error_row(photo_id: str, reason: str, *, retry: bool) -> Row:
    return {"photo_id": photo_id, "error": f"exif: {reason}", "retry": retry}


def exif_fields(tags: Tags, now: datetime | None = None) -> Row:
    """The columns of `Exif` that come from tags, each None where the file has no sane value.

    `now`, local time, is what the future begins after.
    """
    sane = Sane(tags, now or datetime.now())  # noqa: DTZ005 local like the camera's
    lat, lon = position(sane)
    fields: Row = {
        "captured_at": sane.moment("captured_at", *_shot("DateTimeOriginal")),
        "digitized_at": sane.moment("digitized_at", *_shot("DateTimeDigitized")),
        "modified_at": sane.moment("modified_at", "Image DateTime"),
        "gps_at": satellite_time(sane),
        **camera_of(sane),
        "lens_model": sane.text("lens_model", *_shot("LensModel")),
        **_exposure(sane),
        "lat": lat,
        "lon": lon,
        "altitude_m": altitude(sane),
        "orientation": _whole(sane.number("orientation", "Image Orientation", low=1, high=8)),
        "subsecond": _subsecond(sane),
        "offset_time": _offset(sane),
        "camera_burst_id": sane.text("camera_burst_id", "MakerNote BurstUUID", "XMP BurstID"),
        "file_number": _whole(sane.number("file_number", *_shot("ImageNumber"), low=0, high=2**32)),
        "keywords": _keywords(sane) or None,
    }
    return fields | {"refused": [*tags.doubts, *sane.refused] or None}


def camera_of(sane: Sane) -> dict[str, str | None]:
    """Which camera it was: the columns of maker, model and serial number."""
    make, model = sane.text("camera_make", "Image Make"), sane.text("camera_model", "Image Model")
    brand, product = people_say(make, model)
    return {
        "camera_make": brand,
        "camera_model": product,
        "camera_make_raw": make,
        "camera_model_raw": model,
        "serial": sane.text("serial", *_shot("BodySerialNumber"), _DNG_SERIAL),
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


def _exposure(sane: Sane) -> Row:
    seconds = sane.number("exposure_s", *_shot("ExposureTime"), low=_FASTEST_S, high=_LONGEST_S)
    aperture = sane.number("aperture", *_shot("FNumber"), low=_WIDEST, high=_NARROWEST)
    speeds = _shot("ISOSpeedRatings", "RecommendedExposureIndex", "Tag 0x8831", "ISOSpeed")
    iso = sane.number("iso", *speeds, low=1, high=_HIGHEST_ISO, void=_ISO_IS_ELSEWHERE)
    return {
        "focal_length_mm": sane.number(
            "focal_length_mm", *_shot("FocalLength"), low=_SHORTEST_MM, high=_LONGEST_MM
        ),
        "aperture": f"f/{aperture:.3g}" if aperture else None,
        "shutter_speed": shutter_speed(seconds),
        "exposure_s": seconds,
        "iso": _whole(iso),
    }


def _shot(*names: str) -> tuple[str, ...]:
    """Tags of the EXIF directory, which some RAW formats keep in the first directory instead."""
    return tuple(f"{group} {name}" for name in names for group in ("EXIF", "Image"))


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _subsecond(sane: Sane) -> str | None:
    digits = text(sane.tags, "EXIF SubSecTimeOriginal")
    if digits is None or (digits.isascii() and digits.isdigit()):
        return digits
    sane.refuse("subsecond", f"{sane.shown('EXIF SubSecTimeOriginal')} is no fraction of a second")
    return None


def _offset(sane: Sane) -> str | None:
    """`+01:00`, of the shot itself: OffsetTime is that of the last program's clock."""
    names = ("EXIF OffsetTimeOriginal", "EXIF OffsetTimeDigitized")
    written = [value for name in names if (value := text(sane.tags, name))]
    for value in written:
        if found := _OFFSET.fullmatch("+00:00" if value == "Z" else value):
            return "{}{}:{}".format(*found.groups())
    if written:
        sane.refuse("offset_time", f"{written[0][:40]} is no offset")
    return None


def _keywords(sane: Sane) -> list[str]:
    """Keywords of IPTC, XMP and Windows, each once, in this order."""
    words = [word for name in _KEYWORDS if name in sane.tags for word in sane.tags[name].values]
    windows = sane.tags.get("Image XPKeywords")
    if windows is not None and isinstance(windows.values, str):
        words += windows.values.replace("\x00", "").split(";")
    kept = dict.fromkeys(clean for word in words if (clean := " ".join(word.split())))
    for word in [word for word in kept if len(word) > _LONGEST_KEYWORD]:
        sane.refuse("keywords", f"{word[:39]}… is {len(word)} characters long")
        del kept[word]
    return list(kept)
