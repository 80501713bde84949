"""FLUX's EXIF beside exiftool's, field by field.

exiftool merges what EXIF, XMP, maker notes and its own compositions say. Compared is what both
read from the same place, the directories IFD0, ExifIFD and GPS, asked for with `-json -n -G1`.
Only pictures by exiftool's own MIME type are compared, so no PDF and no XML.

exiftool gives nothing for a JPEG that is cut within the segment behind its EXIF. Of such a file
it is given a copy that ends with the last whole segment.
"""

import json
import math
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flux_assets.metadata.exif_fields import Row, read_rows
from flux_resources.exif.values import parse_time

_TAGS = {
    "make": ("IFD0:Make",),
    "model": ("IFD0:Model",),
    "time": ("ExifIFD:DateTimeOriginal", "IFD0:DateTimeOriginal"),
    "iso": ("ExifIFD:ISO", "IFD0:ISO"),
    "aperture": ("ExifIFD:FNumber", "IFD0:FNumber"),
    "exposure": ("ExifIFD:ExposureTime", "IFD0:ExposureTime"),
    "focal length": ("ExifIFD:FocalLength", "IFD0:FocalLength"),
    "lat": ("GPS:GPSLatitude",),
    "lon": ("GPS:GPSLongitude",),
}
_COLUMNS = {"time": "captured_at", "exposure": "exposure_s", "focal length": "focal_length_mm"}
FIELDS = tuple(_TAGS)
_EXTRA = ("GPS:GPSLatitudeRef", "GPS:GPSLongitudeRef", "File:MIMEType")
OPTIONS = [f"-{tag}" for tags in (*_TAGS.values(), _EXTRA) for tag in tags]
_UNKNOWN = 4_294_967_295  # what broken or unset 32-bit numbers are
_ROUNDING = 5e-3  # FLUX keeps three digits of an aperture


@dataclass(frozen=True)
class Comparison:
    """One field of one file; `rule` names the explanation of a disagreement in `RULES`."""

    file: Path
    field: str
    ours: Any
    theirs: Any
    rule: str | None = None

    @property
    def same(self) -> bool:
        if self.ours is None or self.theirs is None:
            return False
        if isinstance(self.ours, float):
            return math.isclose(self.ours, self.theirs, rel_tol=_ROUNDING, abs_tol=1e-6)
        return bool(self.ours == self.theirs)

    @property
    def aside(self) -> bool:
        """Whether exiftool's value is none, so that it proves nothing."""
        return self.rule is not None and RULES[self.rule].aside


@dataclass(frozen=True)
class Rule:
    """Why the readers disagree."""

    why: str
    fits: Callable[[Comparison, Row], bool]
    aside: bool = False


RULES = {
    "text for an angle": Rule(
        "GPS written as `52,00000,50,...`: FLUX refuses it, exiftool takes decimals for minutes",
        lambda found, row: found.field in ("lat", "lon") and _refused(found, row, "is no angle"),
        aside=True,
    ),
    "refused": Rule(
        "FLUX holds the value to be impossible and says so in `refused`",
        lambda found, row: found.ours is None and _refused(found, row, ""),
    ),
}


def compare(files: Sequence[Path], folder: Path) -> list[Comparison]:
    """Every field of every picture where exiftool has a sane value or FLUX has one.

    `folder` takes the copies of cut files.

    Raises:
        FileNotFoundError: exiftool is not installed.
    """
    rows = read_rows([(str(file), file) for file in files])
    found = _exiftool([_ended(file, folder / f"{n}.jpg") for n, file in enumerate(files)])
    comparisons = []
    for file, row, item in zip(files, rows, found, strict=True):
        if not str(item.get("File:MIMEType", "")).startswith("image/"):
            continue
        ours, theirs = _our_values(row), _their_values(item)
        for field in FIELDS:
            if ours[field] is not None or theirs[field] is not None:
                comparison = Comparison(file, field, ours[field], theirs[field])
                comparisons.append(comparison if comparison.same else _explained(comparison, row))
    return comparisons


def _exiftool(files: Sequence[Path]) -> list[dict[str, Any]]:
    command = ["exiftool", "-json", "-n", "-G1", "-q", "-q", *OPTIONS, "-@", "-"]
    answer = subprocess.run(
        command, input="\n".join(map(str, files)), capture_output=True, text=True, check=False
    )
    items = {item["SourceFile"]: item for item in json.loads(answer.stdout or "[]")}
    return [items.get(str(file), {}) for file in files]


def _ended(file: Path, copy: Path) -> Path:
    """The file, or a copy of a JPEG that is cut, without the segment that the cut goes through."""
    content, at = file.read_bytes(), 2
    if content[:2] != b"\xff\xd8":
        return file
    while content[at : at + 1] == b"\xff" and content[at + 1 : at + 2] != b"\xda":
        after = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if after > len(content):
            copy.write_bytes(content[:at] + b"\xff\xd9")
            return copy
        at = after
    return file


def _our_values(row: Row) -> dict[str, Any]:
    aperture, moment = row.get("aperture"), row.get("captured_at")
    return {
        "make": row.get("camera_make_raw"),
        "model": row.get("camera_model_raw"),
        "time": moment.replace(microsecond=0) if isinstance(moment, datetime) else None,
        "iso": row.get("iso"),
        "aperture": float(str(aperture)[2:]) if aperture else None,
        "exposure": row.get("exposure_s"),
        "focal length": row.get("focal_length_mm"),
        "lat": row.get("lat"),
        "lon": row.get("lon"),
    }


def _their_values(item: dict[str, Any]) -> dict[str, Any]:
    """exiftool's values as FLUX has them; None where they are plainly none."""
    first = {
        field: next((item[tag] for tag in tags if tag in item), None)
        for field, tags in _TAGS.items()
    }
    values: dict[str, Any] = {field: _sane_number(first[field]) for field in FIELDS}
    values |= {field: str(first[field] or "").strip() or None for field in ("make", "model")}
    moment = parse_time(str(first["time"]))
    past = moment is not None and moment < datetime.now() + timedelta(days=2)  # noqa: DTZ005
    values["time"] = moment.replace(microsecond=0) if moment and past else None
    for field, name, limit in (("lat", "Latitude", 90), ("lon", "Longitude", 180)):
        south_or_west = str(item.get(f"GPS:GPS{name}Ref", "")).upper()[:1] in ("S", "W")
        value = values[field]
        sane = value is not None and value <= limit
        values[field] = (-value if south_or_west else value) if sane else None
    return values


def _sane_number(value: object) -> float | None:
    """Numbers over 0; the first of several (`400 0`)."""
    try:
        number = float(str(value).split()[0])
    except (ValueError, IndexError):
        return None
    return number if 0 < number < _UNKNOWN else None


def _explained(comparison: Comparison, row: Row) -> Comparison:
    for name, rule in RULES.items():
        if rule.fits(comparison, row):
            return replace(comparison, rule=name)
    return comparison


def _refused(comparison: Comparison, row: Row, reason: str) -> bool:
    column = _COLUMNS.get(comparison.field, comparison.field)
    refused = row.get("refused")
    return isinstance(refused, list) and any(
        column in entry.partition(":")[0] and reason in entry for entry in refused
    )
