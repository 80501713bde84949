"""An unmounted disk looks like an empty archive. These checks tell the two apart."""

from collections.abc import Collection
from pathlib import Path

from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.ledger import Ledger
from flux_resources.ledger_rows import ORIGINALS

MARKER = ".flux-root"


class LossSuspected(FluxError):
    """Photographs seem to have vanished; what was known is kept."""


def ensure_originals(originals: Path, *, known: bool, accept_loss: bool = False) -> None:
    """Mark ORIGINALS on first use; afterwards a missing marker means a missing disk.

    Args:
        originals: the ORIGINALS folder, made if nothing is known of it yet.
        known: whether the ledger knows photographs in it.
        accept_loss: take the folder as it is and mark it anew.

    Raises:
        LossSuspected: names the folder and the remedy.
    """
    marker = originals / MARKER
    if marker.exists():
        return
    if known and not accept_loss:
        raise LossSuspected(_not_mounted(originals))
    originals.mkdir(parents=True, exist_ok=True)
    marker.write_text("FLUX looks for this file to know that the disk is mounted.\n")


def require_originals(archive: DataRoot, ledger: Ledger, *, accept_loss: bool = False) -> None:
    """`ensure_originals` for one archive, by what its ledger knows."""
    known = ledger.knows(ORIGINALS)
    ensure_originals(archive.paths.originals, known=known, accept_loss=accept_loss)


def require_mounted(root: Path, known: Collection[str]) -> None:
    """Refuse a read-only root that seems unmounted.

    FLUX never writes there, so its known files (paths below it) stand in for a marker.

    Raises:
        LossSuspected: names the folder and the remedy.
    """
    if not root.is_dir() or (known and not any((root / path).exists() for path in known)):
        raise LossSuspected(_not_mounted(root))


def _not_mounted(root: Path) -> str:
    return (
        f"{root} shows none of the photographs it held. Is the disk mounted? Nothing was changed. "
        "If they are gone for good: flux materialize --accept-loss"
    )


def require_plausible(day: str, before: int, now: int) -> None:
    """Refuse a day that lost more than half of its photographs at once.

    Raises:
        LossSuspected: names the day, the counts and the remedy.
    """
    if now >= before / 2:
        return
    raise LossSuspected(
        f"{day} had {before} photographs and shows {now} now. Its index was kept. "
        f"If they were deleted on purpose: flux materialize --days {day}..{day} --accept-loss"
    )
