"""How the tests of this folder act on an archive, and look at what became of it."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl

from flux_assets.corpus.inbox import settled_files
from flux_assets.corpus.outcome import Outcome
from flux_assets.corpus.photo_index import PhotoIndex, refresh_index
from flux_assets.corpus.scan import Scanner, ScanReport
from flux_assets.corpus.take_in import open_ledger, take_in
from flux_assets.refresh import DayReport
from flux_resources.data_root import DataRoot
from flux_resources.ledger_rows import IntakeEntry
from flux_tests.conftest import Photograph

DAY = "2022-01-15"
NOON = datetime(2022, 1, 15, 12)


def empty_inbox(archive: DataRoot) -> list[Outcome]:
    """Run intake over everything in the inbox."""
    return take_in(archive, settled_files(archive.paths, 0))


def index_day(archive: DataRoot, day: str = DAY, *, accept_loss: bool = False) -> DayReport:
    with open_ledger(archive) as ledger:
        return refresh_index(archive, ledger, day, accept_loss=accept_loss)


def scan(archive: DataRoot, *, accept_loss: bool = False) -> ScanReport:
    with open_ledger(archive) as ledger:
        return Scanner(archive, ledger).scan_everything(accept_loss=accept_loss)


def indexed(archive: DataRoot, day: str = DAY) -> pl.DataFrame:
    return archive.tables.read_day("photo_index", day, PhotoIndex)


def journal(archive: DataRoot) -> list[IntakeEntry]:
    with archive.ledger() as ledger:
        return ledger.entries()


def files_in(folder: Path) -> Iterator[Path]:
    """All files below a folder but FLUX's own marker."""
    return (path for path in folder.rglob("*") if path.is_file() and path.name != ".flux-root")


def names_in(folder: Path) -> set[str]:
    """Paths of all files below a folder, relative to it."""
    return {str(path.relative_to(folder)) for path in files_in(folder)}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def contents_of(folder: Path) -> Counter[str]:
    """How often each content lies below a folder."""
    return Counter(digest(path) for path in files_in(folder))


def put(archive: DataRoot, photograph: Photograph, name: str, seed: int = 0) -> Path:
    """Put a photograph into the day's folder by hand."""
    return photograph(archive.paths.original_day(DAY) / name, seed=seed)
