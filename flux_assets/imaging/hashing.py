"""Perceptual hashes of pictures, bit for bit those of the `imagehash` library (version 4.3).

A picture becomes a few miniatures, in threads since Pillow lets go of the interpreter; the hashes
of a whole batch are then computed together. A hash is a uint64: row by row, the first cell of its
8 by 8 grid is the highest bit, so that it equals `int(str(imagehash.phash(image)), 16)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from flux_assets.imaging.haar import approximation, without_mean

Hashes = np.ndarray[Any, np.dtype[np.uint64]]
Bits = np.ndarray[Any, np.dtype[np.bool_]]
Grey = np.ndarray[Any, np.dtype[np.uint8]]
Sums = np.ndarray[Any, np.dtype[np.uint32]]

SIDE = 8  # a hash has 8 x 8 bits
_FLAT_LEVELS = 10


@dataclass(frozen=True)
class Miniatures:
    """What the hashes of one picture are computed from; uint8 grey unless said otherwise.

    `average` is `(8, 8)`, `difference` `(8, 9)`, `cosine` `(32, 32)`; `wavelet` is bool `(64,)`.
    """

    average: Grey
    difference: Grey
    cosine: Grey
    wavelet: Bits


@dataclass(frozen=True)
class HashBatch:
    """Hashes of `n` pictures: four uint64 `(n,)`; `flat`, bool `(n,)`, marks nearly constant ones.

    A picture is flat when no two cells of its 32 by 32 grey miniature differ by 10 levels of 255.
    The hash of such a picture is noise, and equal for pictures that have nothing in common.
    """

    phash: Hashes
    dhash: Hashes
    ahash: Hashes
    whash: Hashes
    flat: Bits


def miniatures(image: Image.Image) -> Miniatures:
    """Shrink a picture of any mode and size with one conversion to grey."""
    grey = image.convert("L")
    return Miniatures(
        average=_shrunk(grey, SIDE, SIDE),
        difference=_shrunk(grey, SIDE + 1, SIDE),
        cosine=_shrunk(grey, 4 * SIDE, 4 * SIDE),
        wavelet=_wavelet_bits(_shrunk(grey, *[_power_of_two(min(grey.size))] * 2)),
    )


def hash_batch(batch: Sequence[Miniatures]) -> HashBatch:
    """Hash the miniatures of pictures."""
    if not batch:
        none = np.zeros(0, np.uint64)
        return HashBatch(none, none, none, none, np.zeros(0, np.bool_))
    average = np.stack([picture.average for picture in batch]).reshape(len(batch), -1)
    difference = np.stack([picture.difference for picture in batch])
    cosine = np.stack([picture.cosine for picture in batch])
    levels = cosine.reshape(len(batch), -1)
    return HashBatch(
        phash=_packed(_cosine_bits(cosine)),
        dhash=_packed(difference[:, :, 1:] > difference[:, :, :-1]),
        ahash=_packed(average > average.mean(axis=1, keepdims=True)),
        whash=_packed(np.stack([picture.wavelet for picture in batch])),
        flat=np.ptp(levels, axis=1) < _FLAT_LEVELS,
    )


def _shrunk(grey: Image.Image, width: int, height: int) -> Grey:
    return np.asarray(grey.resize((width, height), Image.Resampling.LANCZOS))


def _power_of_two(side: int) -> int:
    """The largest power of two that is at most `side`, but at least 8."""
    return max(1 << (side.bit_length() - 1), SIDE)


def _packed(bits: Bits) -> Hashes:
    """Bool `(n, 64)` or `(n, 8, 8)` as uint64 `(n,)`."""
    packed = np.packbits(bits.reshape(len(bits), -1), axis=1)
    return packed.view(">u8").ravel().astype(np.uint64)


def _cosine_bits(grey: Grey) -> Bits:
    """Lowest 8 x 8 DCT coefficients above their median; `(n, 32, 32)` gives `(n, 8, 8)`."""
    from scipy.fftpack import dct  # imagehash calls this one, to the last bit

    low = dct(dct(grey, axis=1), axis=2)[:, :SIDE, :SIDE]
    bits: Bits = low > np.median(low, axis=(1, 2), keepdims=True)
    return bits


def _wavelet_bits(grey: Grey) -> Bits:
    """Cells of the 8 x 8 Haar approximation above their median; bool `(64,)`.

    An approximation cell is the sum of its block, less the same for all, so whole numbers decide.
    Only where cells equal the median does imagehash let its rounding errors decide.
    """
    block = len(grey) // SIDE
    rows = np.add.reduceat(grey, np.arange(0, len(grey), block), axis=0, dtype=np.uint32)
    sums: Sums = rows.reshape(SIDE, SIDE, block).sum(axis=2, dtype=np.uint32).ravel()
    below, above = np.partition(sums, (31, 32))[31:33]
    if below < above:
        bits: Bits = sums > below
    else:
        cells = approximation(without_mean(grey / 255.0), SIDE)
        bits = (cells > np.median(cells)).ravel()
    return bits
