"""The EXIF door: what a photograph's file says of itself, in any format and any condition.

Tags carry exifread's names. Beside them stand `IPTC Keywords`, `XMP subject`,
`XMP hierarchicalSubject`, `XMP BurstID` and `MakerNote BurstUUID`.
"""

from pathlib import Path

from flux_resources.exif.blocks import Blocks
from flux_resources.exif.find import find_blocks
from flux_resources.exif.guard import GuardedFile, TooMuch, guarded
from flux_resources.exif.ifd import byte_fields, byte_order
from flux_resources.exif.keywords import iptc_keywords, iptc_records, xmp_values
from flux_resources.exif.parse import ExifUnreadable, PlainTag, Tag, parse_tiff
from flux_resources.exif.values import number, text

_XMP, _IPTC, _RESOURCES, _XP_KEYWORDS = 0x02BC, 0x83BB, 0x8649, 0x9C9E
_MAKER_NOTE, _BURST_UUID = 0x927C, 0x000B
_APPLE_HEAD, _APPLE_IFD = b"Apple iOS\x00", 14


class Tags(dict[str, Tag]):
    """Tags by name; `doubts` says what could not be read, as `field: reason`."""

    def __init__(self) -> None:
        super().__init__()
        self.doubts: list[str] = []


def read_tags(path: Path) -> Tags:
    """All tags of a file; none where it has no EXIF, XMP and IPTC.

    Time and memory are bounded whatever the file says of itself: see `exif_guard`.

    Raises:
        OSError: the file cannot be read.
        ExifUnreadable: it holds EXIF that no reader gets through.
    """
    with path.open("rb", buffering=0) as raw, GuardedFile(raw) as file:
        try:
            return _read(file)
        except (OSError, ExifUnreadable):
            raise
        except Exception as error:  # no bytes, however odd, may fail a day
            raise ExifUnreadable(f"{type(error).__name__}: {error}") from error


def _read(file: GuardedFile) -> Tags:
    tags, blocks = Tags(), Blocks()
    try:
        find_blocks(file, blocks)
    except TooMuch as error:
        tags.doubts.append(f"tags: {error}")
    for tiff in blocks.tiff:
        tiff.ration()
        tags.update(parse_tiff(tiff, tags.doubts))
        tiff.ration()
        _add_long_fields(tiff, tags, blocks)
    tags.doubts += blocks.doubts
    if words := iptc_keywords(blocks.iptc or iptc_records(blocks.resources)):
        tags["IPTC Keywords"] = PlainTag(words)
    for name, values in xmp_values(blocks.xmp, tags.doubts).items():
        tags[name] = PlainTag(values)
    return tags


def _add_long_fields(tiff: GuardedFile, tags: Tags, blocks: Blocks) -> None:
    """XMP, IPTC and Windows' keywords of the first directory, and Apple's burst identifier.

    Maker notes are read where a field of ours lives in one, and that is Apple's alone.
    """
    head = tiff.read_at(0, 8)
    order = byte_order(head)
    wanted = (_XMP, _IPTC, _RESOURCES, _XP_KEYWORDS)
    fields = byte_fields(tiff, int.from_bytes(head[4:], order), wanted, order)
    blocks.xmp = blocks.xmp or fields.get(_XMP, b"")
    blocks.iptc = blocks.iptc or fields.get(_IPTC, b"")
    blocks.resources = blocks.resources or fields.get(_RESOURCES, b"")
    if words := fields.get(_XP_KEYWORDS):
        tags["Image XPKeywords"] = PlainTag(words.decode("utf-16-le", "replace"))
    pointer = number(tags, "Image ExifOffset")
    if pointer is None or text(tags, "Image Make") != "Apple":
        return
    note = byte_fields(tiff, int(pointer), (_MAKER_NOTE,), order).get(_MAKER_NOTE, b"")
    if note.startswith(_APPLE_HEAD):
        burst = byte_fields(guarded(note), _APPLE_IFD, (_BURST_UUID,), byte_order(note[12:]))
        if uuid := burst.get(_BURST_UUID):
            tags["MakerNote BurstUUID"] = PlainTag(uuid.decode("latin-1"))
