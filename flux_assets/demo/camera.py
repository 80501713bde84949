"""Write a JPEG as a RICOH GR III writes it: EXIF, GPS and file time included."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

MAKE = "RICOH IMAGING COMPANY, LTD."
LENS_MODEL = "GR LENS 18.3mm F2.8"

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825


def write_gr_jpeg(
    path: Path,
    image: Image.Image,
    *,
    captured_at: datetime | None,
    subsecond: str | None = None,
    offset_time: str | None = None,
    gps: tuple[float, float] | None = None,
    altitude_m: float | None = None,
    iso: int | None = 200,
    aperture: float | None = 5.6,
    exposure_s: float | None = 1 / 500,
    focal_length_mm: float | None = 18.3,
    model: str = "RICOH GR III",
    serial: str | None = None,
    file_number: int | None = None,
    orientation: int = 1,
    modified_at: datetime | None = None,
    quality: int = 88,
) -> None:
    """Write `image` (mode RGB or L) to `path`; a value of None leaves its tag out.

    `captured_at` is the camera's local time without a zone; None writes no EXIF at all.
    `subsecond` are decimal digits, `offset_time` is `+HH:MM`, `gps` is (latitude, longitude) in
    degrees, `altitude_m` counts from sea level. The pixels are stored as given, whatever
    `orientation` (1-8) says. The file's modification time becomes `modified_at`, else the capture
    time: at its offset when there is one, else in the zone of this machine, which is how a
    computer reads the clock of a memory card.

    Raises OSError when the file cannot be written, ValueError for a malformed `offset_time`.
    """
    if captured_at is None:
        image.save(path, "JPEG", quality=quality)
    else:
        exif = _camera_tags(captured_at, model, orientation)
        exif.get_ifd(_EXIF_IFD).update(
            _shooting_tags(captured_at, subsecond, offset_time, image.size)
            | _exposure_tags(iso, aperture, exposure_s, focal_length_mm)
            | _present({0xA431: serial, 0x9211: file_number})  # BodySerialNumber, ImageNumber
        )
        if gps is not None:
            exif.get_ifd(_GPS_IFD).update(_gps_tags(gps, altitude_m))
        image.save(path, "JPEG", quality=quality, exif=exif)
    moment = modified_at or _instant(captured_at, subsecond, offset_time)
    if moment is not None:
        os.utime(path, (moment.timestamp(), moment.timestamp()))


def _camera_tags(captured_at: datetime, model: str, orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = MAKE
    exif[0x0110] = model
    exif[0x0112] = orientation
    exif[0x0131] = f"{model} Ver. 1.50"  # Software
    exif[0x0132] = _exif_time(captured_at)  # DateTime
    return exif


def _shooting_tags(
    captured_at: datetime, subsecond: str | None, offset_time: str | None, size: tuple[int, int]
) -> dict[int, object]:
    taken = _exif_time(captured_at)
    return {
        0x9000: b"0230",  # ExifVersion
        0x9003: taken,  # DateTimeOriginal
        0x9004: taken,  # DateTimeDigitized
        0xA002: size[0],
        0xA003: size[1],
        0xA434: LENS_MODEL,
    } | _present({0x9291: subsecond, 0x9010: offset_time, 0x9011: offset_time})


def _exposure_tags(
    iso: int | None,
    aperture: float | None,
    exposure_s: float | None,
    focal_length_mm: float | None,
) -> dict[int, object]:
    return _present(
        {
            0x829A: _shutter(exposure_s),
            0x829D: _ratio(aperture, 10),
            0x8827: iso,
            0x920A: _ratio(focal_length_mm, 10),
            0xA405: None if focal_length_mm is None else round(focal_length_mm * 1.53),  # 35 mm
        }
    )


def _gps_tags(gps: tuple[float, float], altitude_m: float | None) -> dict[int, object]:
    latitude, longitude = gps
    tags: dict[int, object] = {
        0: b"\x02\x03\x00\x00",  # GPSVersionID
        1: "N" if latitude >= 0 else "S",
        2: _degrees(latitude),
        3: "E" if longitude >= 0 else "W",
        4: _degrees(longitude),
    }
    if altitude_m is not None:
        tags |= {5: b"\x00" if altitude_m >= 0 else b"\x01", 6: _ratio(abs(altitude_m), 10)}
    return tags


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees, minutes and seconds; 1/1000 of a second is 3 cm on the ground."""
    milliseconds = round(abs(value) * 3_600_000)
    minutes, rest = divmod(milliseconds, 60_000)
    degrees, minutes = divmod(minutes, 60)
    return IFDRational(degrees, 1), IFDRational(minutes, 1), IFDRational(rest, 1000)


def _shutter(exposure_s: float | None) -> IFDRational | None:
    if exposure_s is None:
        return None
    if exposure_s < 0.3:
        return IFDRational(1, round(1 / exposure_s))
    return IFDRational(round(exposure_s * 10), 10)


def _ratio(value: float | None, denominator: int) -> IFDRational | None:
    return None if value is None else IFDRational(round(value * denominator), denominator)


def _exif_time(moment: datetime) -> str:
    return moment.strftime("%Y:%m:%d %H:%M:%S")


def _instant(
    captured_at: datetime | None, subsecond: str | None, offset_time: str | None
) -> datetime | None:
    """The capture time as an instant; naive (machine's zone) when no offset is known."""
    if captured_at is None:
        return None
    moment = captured_at.replace(microsecond=int((subsecond or "0").ljust(6, "0")[:6]))
    if offset_time is None:
        return moment
    zone = datetime.strptime(offset_time, "%z").tzinfo or UTC
    return moment.replace(tzinfo=zone)


def _present(tags: dict[int, object]) -> dict[int, object]:
    return {tag: value for tag, value in tags.items() if value is not None}
