"""A file that cannot be read without end, for parsers that believe what a file says of itself.

A directory of tags may claim 65,535 entries of 4 GB each, point at itself, or chain for ever. A
parser that follows it asks for one small read after the other, so reads are what is rationed.
"""

import io
from typing import BinaryIO, cast

MOST_BYTES = 1 << 20  # of one read: the longest string, XMP packet or EXIF block that is believed
_MOST_STEPS = 60_000  # no real file of 27 makers needs 5,000; this many take 0.2 s
_BYTES_PER_STEP = 256
_FAR = 1 << 40  # beyond any photograph, and still a position that every file system takes
_BUFFER = 1 << 16  # holds the whole EXIF segment of a JPEG


class TooMuch(OSError):
    """The parser was led to read more than any real file needs."""


class GuardedFile(io.BufferedReader):
    """A buffered file of which a bounded amount can be read, all reads together.

    One read gives at most `MOST_BYTES`. A step is a read, plus one for every 256 bytes of it.
    """

    def __init__(self, source: BinaryIO) -> None:
        super().__init__(cast(io.RawIOBase, source), _BUFFER)
        self.ration()

    def ration(self) -> None:
        """Start anew, for another parser."""
        self._steps = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """
        Raises:
            TooMuch: the file's ration is used up.
        """
        if size is None or not 0 <= size <= MOST_BYTES:
            size = MOST_BYTES
        self._steps += 1 + size // _BYTES_PER_STEP
        if self._steps > _MOST_STEPS:
            raise TooMuch("its tags lead to more reads than a real file needs")
        return super().read(size)

    def read_at(self, position: int, size: int) -> bytes:
        """Bytes from a position on; fewer at the end of the file, none outside it."""
        self.seek(position if 0 <= position < _FAR else _FAR)
        return self.read(size)


def guarded(block: bytes) -> GuardedFile:
    """A block of bytes as such a file."""
    return GuardedFile(io.BytesIO(block))
