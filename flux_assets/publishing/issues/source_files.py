"""What the tables of issues and the catalog are made from, as it lies on the disk now."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from flux_assets.publishing.issues.assignments import CATALOG_ID, ISSUE_ID, folders, frame_files
from flux_assets.publishing.issues.catalog import CATALOG_ENTRIES
from flux_assets.publishing.issues.issue_manifests import ISSUE_KEY, ISSUE_MANIFESTS
from flux_assets.publishing.issues.issue_pdfs import ISSUE_PDFS
from flux_assets.publishing.issues.issues import ISSUES
from flux_resources.data_root import DataRoot


def assigned_states(archive: DataRoot) -> dict[str, str]:
    """A digest of each issue's assignment file: of its name and its content."""
    issues = archive.paths.issues
    return {name: _digest(frame_files(issues / name)) for name in folders(issues, ISSUE_ID)}


def sources_state(archive: DataRoot) -> str | None:
    """A digest of all that `issues` and the catalog are made from; None where they are up to date.

    They are where no source is newer than its table, by the times of the files.
    """
    tables = archive.paths.tables
    sources = {ISSUES: _of_issues(tables), CATALOG_ENTRIES: _of_catalog(archive.paths.issues)}
    behind = False
    lines = []
    for table, files in sources.items():
        made = _time(tables / f"{table}.parquet")
        times = {str(file): _time(file) for file in files}
        behind |= made < max(times.values(), default=0)
        lines += [f"{file} {time}" for file, time in sorted(times.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] if behind else None


def _of_issues(tables: Path) -> list[Path]:
    pattern = f"{ISSUE_KEY}=*.parquet"
    return [
        file for table in (ISSUE_MANIFESTS, ISSUE_PDFS) for file in (tables / table).glob(pattern)
    ]


def _of_catalog(issues: Path) -> list[Path]:
    linked = [file for name in folders(issues, CATALOG_ID) for file in frame_files(issues / name)]
    return [issues / "catalog.csv", *linked]


def _time(file: Path) -> int:
    """Nanoseconds; 0 for a file that is not there."""
    return file.stat().st_mtime_ns if file.exists() else 0


def _digest(files: Sequence[Path]) -> str:
    """One that cannot be read now counts as changed when it can."""
    digest = hashlib.sha256()
    for file in files:
        try:
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        except OSError as error:
            digest.update(str(error).encode())
    return digest.hexdigest()[:16]
