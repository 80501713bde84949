"""When a photograph was taken, as far as filing it needs to know."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path

from flux_assets.metadata.exif_fields import camera_of
from flux_assets.metadata.sane import Sane
from flux_resources.exif.parse import ExifUnreadable
from flux_resources.exif.tags import read_tags
from flux_resources.exif.values import camera_time

_ALLOWED_AHEAD = timedelta(days=2)  # a camera left on the zone of yesterday's flight is no liar


@dataclass(frozen=True)
class FilingTime:
    """`moment` decides folder and name; `camera` is DateTimeOriginal as written, if readable.

    `warning` is a reason, the same for all photographs it holds for, and in brackets what is so of
    this one alone. Model and serial number tell apart what two cameras took at the same time.
    """

    moment: datetime
    camera: datetime | None
    warning: str | None
    camera_model: str | None = None
    serial: str | None = None


def filing_time(
    path: Path,
    *,
    begin: datetime,
    default_clocks: tuple[date, ...],
    zone: tzinfo | None,
    now: datetime,
) -> FilingTime:
    """DateTimeOriginal, else DateTime, else the file's modification time, with the reason.

    All times are local and carry no zone; `begin` is the archive's first moment. A file's time is
    read in `zone`, which is this computer's when None.

    Raises:
        OSError: the file cannot be read.
    """
    modified = datetime.fromtimestamp(path.stat().st_mtime, zone).replace(tzinfo=None)
    try:
        tags = read_tags(path)
    except ExifUnreadable as error:
        return FilingTime(modified, None, f"EXIF unreadable; file time used ({error})")
    camera = camera_of(Sane(tags, now))
    model, serial = camera["camera_model"], camera["serial"]
    original = camera_time(tags, "EXIF DateTimeOriginal", "Image DateTimeOriginal")
    moment = original or camera_time(tags, "Image DateTime")
    if moment is None:
        return FilingTime(modified, None, "no EXIF time; file time used", model, serial)
    doubt = _doubt(moment, begin, default_clocks, now)
    if doubt:
        warning = f"{doubt}; file time used (camera clock says {moment})"
        return FilingTime(modified, original, warning, model, serial)
    return FilingTime(moment, original, None, model, serial)


def _doubt(
    moment: datetime, begin: datetime, default_clocks: tuple[date, ...], now: datetime
) -> str | None:
    if moment > now + _ALLOWED_AHEAD:
        return "camera time in the future"
    if moment.date() in default_clocks:
        return "camera clock was never set"
    if moment < begin:
        return f"camera time before archive.start, {begin:%Y-%m-%d}"
    return None
