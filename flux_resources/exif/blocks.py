"""What carries metadata in a picture, whatever the container around it."""

from dataclasses import dataclass, field

from flux_resources.exif.guard import GuardedFile, guarded

_TIFF_HEADS = (b"II*\x00", b"MM\x00*")


@dataclass
class Blocks:
    """The metadata of a file, as found so far.

    `tiff`: structures whose directories together make up the tags. `iptc`: IIM records;
    `resources`: Photoshop's image resources, which may hold such records. `whole`: the container
    was understood to its end, so nothing more is to be found in it. `doubts`: what was left out,
    as `field: reason`.
    """

    tiff: list[GuardedFile] = field(default_factory=list)
    xmp: bytes = b""
    iptc: bytes = b""
    resources: bytes = b""
    whole: bool = True
    doubts: list[str] = field(default_factory=list)

    def add_exif(self, content: bytes) -> None:
        """Take a block whose TIFF structure lies behind a length or a marker of varying taste.

        The first block of a file counts.
        """
        starts = [content.find(head, 0, 64) for head in _TIFF_HEADS]
        found = [start for start in starts if start >= 0]
        if found and not self.tiff:
            self.tiff.append(guarded(content[min(found) :]))
