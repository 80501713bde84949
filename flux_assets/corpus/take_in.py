"""Intake as a whole: lock, ledger, files, and the log at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flux_assets import progress
from flux_assets.corpus.intake import Intake
from flux_assets.corpus.intake_log import INTAKE_LOG, publish_journal, restore_journal
from flux_assets.corpus.loss_guard import require_originals
from flux_assets.corpus.outcome import Outcome
from flux_resources.data_root import DataRoot
from flux_resources.files import single_writer, sync_folder
from flux_resources.ledger import Ledger


def take_in(archive: DataRoot, files: Sequence[Path]) -> list[Outcome]:
    """File photographs, one process at a time, and publish the intake log.

    Raises:
        flux_resources.files.Busy: another process is taking files in.
        LossSuspected: ORIGINALS is not mounted; nothing was touched.
    """
    with single_writer(archive.paths.locks, "intake"), open_ledger(archive) as ledger:
        require_originals(archive, ledger)
        for folder in (archive.paths.root, archive.paths.originals.parent):
            sync_folder(folder)  # ORIGINALS may be new
        try:
            return Intake(archive, ledger).take(files, lambda _: progress.advance(INTAKE_LOG, 1))
        finally:
            publish_journal(archive.tables, ledger)


@contextmanager
def open_ledger(archive: DataRoot) -> Iterator[Ledger]:
    """The ledger; one that was lost gets its journal back from the intake log."""
    with archive.ledger() as ledger:
        restore_journal(archive.tables, ledger)
        yield ledger
