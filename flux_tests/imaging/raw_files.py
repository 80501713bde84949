"""RAW files with a known scene and a preview of any size."""

import io
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

_SHORT, _LONG, _RATIONAL, _SIGNED_RATIONAL = 3, 4, 5, 10
_BYTE, _ASCII = 1, 2
_XYZ_TO_SRGB = (3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570)
Entries = dict[int, tuple[int, Sequence[float] | bytes]]


def write_dng(
    path: Path,
    scene: Image.Image,
    preview: Image.Image | None = None,
    orientation: int = 1,
    color_space: int = 1,
    camera: tuple[str, str] | None = None,
    **saved: Any,
) -> Path:
    """A DNG whose sensor saw `scene` (sRGB) through an RGGB filter, uncompressed, 16 bits.

    Scene and preview are given as the sensor lies; `orientation` turns them upright.
    `color_space` is that of EXIF; `saved` goes to the preview's JPEG. With a `camera` (make and
    model) it is no DNG but a file of that maker's kind.
    """
    make, model = camera or ("FLUX", "Pinhole")
    pixels, jpeg = _mosaic(scene), b""
    exif: Entries = {0xA001: (_SHORT, [color_space])}
    first: Entries = {
        254: (_LONG, [1]),
        271: (_ASCII, f"{make}\0".encode()),
        272: (_ASCII, f"{model}\0".encode()),
        274: (_SHORT, [orientation]),
        50721: (_SIGNED_RATIONAL, _XYZ_TO_SRGB),
        50728: (_RATIONAL, [1, 1, 1]),
        50778: (_SHORT, [21]),  # daylight, D65
    }
    if camera is None:
        first |= {50706: (_BYTE, bytes((1, 4, 0, 0))), 50708: (_ASCII, b"FLUX Pinhole\0")}
    if preview is not None:
        encoded = io.BytesIO()
        preview.save(encoded, "JPEG", quality=95, **saved)
        jpeg = b"\xff\xd8" + encoded.getvalue()[20:]  # cameras write no JFIF segment
        first |= _frame(preview.size, bits=[8, 8, 8], compression=7, photometric=6, size=len(jpeg))
    filtered = _frame(scene.size, bits=[16], compression=1, photometric=32803, size=len(pixels))
    sensor: Entries = filtered | {
        254: (_LONG, [0]),
        33421: (_SHORT, [2, 2]),
        33422: (_BYTE, bytes((0, 1, 1, 2))),  # red, green; green, blue
        50717: (_LONG, [65535]),
    }
    place_of_exif = 8 + len(_packed(first | {330: (_LONG, [0]), 34665: (_LONG, [0])}, 8))
    place_of_sensor = place_of_exif + len(_packed(exif, place_of_exif))
    place_of_pixels = place_of_sensor + len(_packed(sensor, place_of_sensor))
    if preview is not None:
        first[273] = (_LONG, [place_of_pixels + len(pixels)])
    sensor[273] = (_LONG, [place_of_pixels])
    first |= {330: (_LONG, [place_of_sensor]), 34665: (_LONG, [place_of_exif])}
    directories = _packed(first, 8) + _packed(exif, place_of_exif)
    directories += _packed(sensor, place_of_sensor)
    path.write_bytes(struct.pack("<2sHI", b"II", 42, 8) + directories + pixels + jpeg)
    return path


def _frame(
    dimensions: tuple[int, int],
    *,
    bits: Sequence[int],
    compression: int,
    photometric: int,
    size: int,
) -> Entries:
    """The entries that describe one picture of `size` bytes; its place (273) is not known yet."""
    width, height = dimensions
    return {
        **{256: (_LONG, [width]), 257: (_LONG, [height]), 258: (_SHORT, bits)},
        **{259: (_SHORT, [compression]), 262: (_SHORT, [photometric]), 273: (_LONG, [0])},
        **{277: (_SHORT, [len(bits)]), 278: (_LONG, [height]), 279: (_LONG, [size])},
    }


def _mosaic(scene: Image.Image) -> bytes:
    """Linear light, 16 bits, one colour per pixel."""
    encoded = np.asarray(scene, np.float64) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    mosaic = np.empty(linear.shape[:2])
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        mosaic[row::2, column::2] = linear[row::2, column::2, channel]
    return np.rint(mosaic * 65535).astype("<u2").tobytes()


def _packed(entries: Entries, place: int) -> bytes:
    """A TIFF directory that lies at `place`, with the values that do not fit into it behind."""
    head, values = struct.pack("<H", len(entries)), b""
    behind = place + 2 + 12 * len(entries) + 4
    for tag, (kind, content) in sorted(entries.items()):
        packed, count = _values(kind, content)
        if len(packed) > 4:
            where = struct.pack("<I", behind + len(values))
            values += packed + b"\0" * (len(packed) % 2)
        else:
            where = packed.ljust(4, b"\0")
        head += struct.pack("<HHI", tag, kind, count) + where
    return head + b"\0" * 4 + values


def _values(kind: int, content: Sequence[float] | bytes) -> tuple[bytes, int]:
    if isinstance(content, bytes):
        return content, len(content)
    if kind in (_RATIONAL, _SIGNED_RATIONAL):
        pairs = [number for value in content for number in (round(value * 10_000), 10_000)]
        return struct.pack(f"<{len(pairs)}i", *pairs), len(content)
    form = "H" if kind == _SHORT else "I"
    return struct.pack(f"<{len(content)}{form}", *(int(v) for v in content)), len(content)
