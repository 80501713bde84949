"""TIFF structures into tags: by exifread, and by Pillow where exifread gives up.

Both get a guarded file, so neither can be led round in circles. Tags are named as exifread names
them: `Image Make`, `EXIF FNumber`, `GPS GPSLatitude`.
"""

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import exifread
from exifread.tags.exif import EXIF_TAGS, GPS_TAGS

from flux_resources.exif.guard import GuardedFile, TooMuch
from flux_resources.exif.ifd import EXIF_IFD, GPS_IFD, byte_order

_BIG_TIFF = (b"II+\x00", b"MM\x00+")
_MOST_VALUES = 1000  # of one field; exifread, too, takes no more
_GROUPS = ((EXIF_IFD, "EXIF", EXIF_TAGS), (GPS_IFD, "GPS", GPS_TAGS))


class ExifUnreadable(ValueError):
    """The file's EXIF block cannot be parsed."""


class Tag(Protocol):
    """A tag as exifread gives it: text, or a list of numbers and ratios."""

    @property
    def values(self) -> Any: ...

    @property
    def printable(self) -> str: ...


@dataclass(frozen=True)
class PlainTag:
    """A tag from another source than exifread."""

    values: Any

    @property
    def printable(self) -> str:
        return str(self.values)


def parse_tiff(file: GuardedFile, doubts: list[str]) -> dict[str, Tag]:
    """The tags of the first directory, and of the EXIF and GPS directories below it.

    Maker notes and embedded thumbnails are not read. What went wrong on the way is added to
    `doubts`.

    Raises:
        ExifUnreadable: neither reader gets through.
        OSError: the file cannot be read.
    """
    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    if file.read_at(0, 4) in _BIG_TIFF:  # unknown to exifread
        return _by_pillow(file, "not a format of exifread")
    try:
        return dict(exifread.process_file(file, details=False, extract_thumbnail=False))
    except Exception as error:  # the reader raises whatever broken bytes provoke
        if isinstance(error, OSError) and not isinstance(error, TooMuch):
            raise
        reason = f"{type(error).__name__}: {error}"
    file.ration()
    tags = _by_pillow(file, reason)
    doubts.append(f"tags: exifread gave up ({reason}), so some may be missing")
    return tags


def _by_pillow(file: GuardedFile, reason: str) -> dict[str, Tag]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of every field that is broken
        try:
            first = _directory(file, None)
            tags = _named("Image", first, EXIF_TAGS)
            for pointer, group, names in _GROUPS:
                if isinstance(offset := first.get(pointer), int):
                    tags |= _named(group, _directory(file, offset), names)
        except Exception as error:
            raise ExifUnreadable(f"{reason}; Pillow: {type(error).__name__}: {error}") from error
    return tags


def _directory(file: GuardedFile, offset: int | None) -> Mapping[int, Any]:
    """The directory at an offset, or the first. Pillow keeps what it read before an OSError."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    head = file.read_at(0, 16)
    if head[:4] not in _BIG_TIFF:  # the makers' own marks in RAW files are but a TIFF's
        head = head[:2] + (42).to_bytes(2, byte_order(head)) + head[4:8]
    directory = ImageFileDirectory_v2(head)
    file.seek(directory.next if offset is None else offset)
    directory.load(file)
    return directory


def _named(
    group: str, directory: Mapping[int, Any], names: Mapping[int, tuple[Any, ...]]
) -> dict[str, Tag]:
    """A directory's tags; those that cannot be decoded are left out."""
    tags: dict[str, Tag] = {}
    for number in directory:
        if number not in names:
            continue
        try:
            value = directory[number]
        except Exception:
            continue
        if isinstance(value, bytes | tuple | list):
            value = list(value[:_MOST_VALUES])
        elif not isinstance(value, str):
            value = [value]
        tags[f"{group} {names[number][0]}"] = PlainTag(value)
    return tags
