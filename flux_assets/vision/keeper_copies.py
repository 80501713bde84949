"""The working copy of one keeper file. Runs in worker processes, so that it imports little."""

from dataclasses import dataclass
from pathlib import Path

from flux_assets.imaging.working_copy import Failure, decode
from flux_resources.files import atomic_file


@dataclass(frozen=True)
class CopyOrder:
    """What to copy; `format` is that of `keeper_index`, `pixels` the longest side."""

    keeper: Path
    format: str
    copy: Path
    pixels: int
    quality: int


def make_copy(order: CopyOrder) -> Failure | None:
    """Write the working copy of a keeper file; None where that went well.

    Raises:
        MemoryError: it needs more memory than this process may have.
    """
    try:
        picture = decode(order.keeper, order.format, order.pixels)
        with atomic_file(order.copy, durable=False) as temporary:
            picture.save(temporary, "JPEG", quality=order.quality)
    except MemoryError:
        raise
    except Exception as error:  # decoders raise whatever broken bytes provoke
        # A broken picture stays broken; a full disk or a lost mount (these carry an errno) do not.
        passing = getattr(error, "errno", None) is not None
        return Failure(f"{type(error).__name__}: {error}", passing)
    return None
