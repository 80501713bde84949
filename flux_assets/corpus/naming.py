"""Canonical file names and photo ids.

A file is called `{date}_{time}_{photographer}_{original stem}.{EXT}`; its photo_id is that name
without the ending, with the format added unless the file is a JPEG.
"""

import re
from datetime import datetime

_CANONICAL = re.compile(r"^\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}_[A-Za-z0-9-]+_(?P<original>.+)$")
_LONGEST = 160  # bytes of the original name; file systems allow 255 for the whole
_UNSAFE = re.compile(r'[\x00-\x1f\ud800-\udfff/\\:*?"<>|\s]+')


def canonical_stem(captured_at: datetime, photographer: str, original_stem: str) -> str:
    """`2022-01-15_13-22-44_DanteSisofo_R0001234`.

    A stem that is canonical already contributes its original part only, so that renaming a
    renamed file changes nothing but its time. Very long stems are cut.
    """
    canonical = _parse(original_stem)
    original = _UNSAFE.sub("-", canonical["original"] if canonical else original_stem)
    short = original.encode()[:_LONGEST].decode(errors="ignore")
    return f"{captured_at:%Y-%m-%d_%H-%M-%S}_{photographer}_{short}"


def is_canonical(stem: str) -> bool:
    """Whether a file name without ending follows the pattern."""
    return _parse(stem) is not None


def _parse(stem: str) -> re.Match[str] | None:
    """The parts of a canonical stem; its date and time must exist."""
    canonical = _CANONICAL.match(stem)
    if canonical:
        try:
            datetime.strptime(stem[:19], "%Y-%m-%d_%H-%M-%S")  # noqa: DTZ007 local time
        except ValueError:
            return None
    return canonical


def photo_id_of(stem: str, image_format: str) -> str:
    """The photo_id of a canonical stem; `image_format` is `JPEG`, `DNG`, ..."""
    return stem if image_format == "JPEG" else f"{stem}_{image_format}"


def with_digest(stem: str, sha256: str) -> str:
    """The stem for a second content that wants a taken name."""
    return f"{stem}_{sha256[:8]}"


def press_of(photo_id: str, image_format: str) -> str:
    """What RAW and JPEG of one shutter press share: the photo_id without its format."""
    return photo_id if image_format == "JPEG" else photo_id.removesuffix(f"_{image_format}")
