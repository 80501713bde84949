"""Bring the ledger in line with what lies in ORIGINALS and in the read-only roots."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flux_assets.corpus.day_folders import day_folders, is_day
from flux_assets.corpus.exclusion import Exclusion
from flux_assets.corpus.filing_time import filing_time
from flux_assets.corpus.loss_guard import LossSuspected, require_mounted, require_originals
from flux_assets.corpus.naming import canonical_stem, is_canonical, photo_id_of, with_digest
from flux_assets.corpus.pictures import NotAPhotograph, identify
from flux_resources.data_root import DataRoot
from flux_resources.file_times import modified_ns
from flux_resources.files import legible, sha256_of
from flux_resources.ledger import Ledger
from flux_resources.ledger_rows import ORIGINALS, Content, Location


@dataclass(frozen=True)
class ScanReport:
    """What a scan saw; counts are files. `unreadable` pairs a path with the reason.

    `losses` says what seems to have vanished; what was known of it is kept.
    """

    files: int = 0
    new: int = 0
    gone: int = 0
    unreadable: tuple[tuple[str, str], ...] = ()
    losses: tuple[str, ...] = ()


@dataclass(frozen=True)
class _File:
    """A file as the folder lists it; `path` is relative to its root."""

    path: str
    size: int
    mtime_ns: int


_Read = tuple[Content, Location]


class Scanner:
    """Scans folders of one archive; only files whose size or time changed are read."""

    def __init__(self, archive: DataRoot, ledger: Ledger) -> None:
        self._archive = archive
        self._paths = archive.paths
        self._settings = archive.settings
        self._ledger = ledger
        self._exclusion = Exclusion.of(archive.settings.archive)

    def scan_day(self, day: str, *, accept_loss: bool = False) -> ScanReport:
        """One day of ORIGINALS.

        Raises:
            LossSuspected: ORIGINALS is not mounted.
        """
        require_originals(self._archive, self._ledger, accept_loss=accept_loss)
        originals = self._paths.originals
        known = self._ledger.locations_in(ORIGINALS, day)
        folder = self._paths.original_day(day)
        return self._reconcile(ORIGINALS, originals, folder, known, lambda _: day)

    def scan_root(self, root: Path, *, accept_loss: bool = False) -> ScanReport:
        """A read-only root and all below it; each photograph belongs to the day it was taken.

        Raises:
            LossSuspected: the root is not mounted.
            OSError: the root itself cannot be listed.
        """
        known = self._ledger.locations_in(str(root))
        if not accept_loss:
            there = (path for path in known if os.path.exists(root / path))  # noqa: PTH110 no errors
            seen = next(there, None)
            require_mounted(root, [seen] if seen else known)
        return self._reconcile(str(root), root, root, known, lambda moment: f"{moment:%Y-%m-%d}")

    def scan_everything(self, *, accept_loss: bool = False) -> ScanReport:
        """All read-only roots and all days of ORIGINALS; roots that left the settings go.

        Raises:
            LossSuspected: ORIGINALS is not mounted; a root that is away is among the `losses`.
            OSError: ORIGINALS itself cannot be listed.
        """
        roots = self._settings.archive.roots
        for dropped in set(self._ledger.roots()) - {ORIGINALS, *map(str, roots)}:
            self._ledger.forget(self._ledger.locations_in(dropped).values())
        reports, losses = [], []
        for root in roots:
            try:
                reports.append(self.scan_root(root, accept_loss=accept_loss))
            except (LossSuspected, OSError) as loss:  # its neighbours go on
                losses.append(str(loss))
        days, left_out = day_folders(self._paths.originals, self._exclusion)
        known = list(self._ledger.locations_in(ORIGINALS).values())
        days |= {location.day for location in known if is_day(location.day)}
        reports += [self.scan_day(day, accept_loss=accept_loss) for day in sorted(days)]
        astray = [location for location in known if not is_day(location.day)]
        self._ledger.forget(astray)
        reports.append(ScanReport(gone=len(astray), unreadable=tuple(left_out.items())))
        return ScanReport(
            files=sum(report.files for report in reports),
            new=sum(report.new for report in reports),
            gone=sum(report.gone for report in reports),
            unreadable=tuple(item for report in reports for item in report.unreadable),
            losses=tuple(losses),
        )

    def _reconcile(
        self,
        root: str,
        base: Path,
        folder: Path,
        known: dict[str, Location],
        day_of: Callable[[datetime], str],
    ) -> ScanReport:
        unlisted: dict[Path, str] = {}
        found = {file.path: file for file in self._list(base, folder, unlisted)}
        gone = [
            location
            for path, location in known.items()
            if path not in found and unlisted.keys().isdisjoint((Path(path), *Path(path).parents))
        ]
        stale = [file for file in found.values() if not _unchanged(file, known.get(file.path))]
        unreadable: list[tuple[str, str]] = []
        with ThreadPoolExecutor(self._settings.imaging.workers) as pool:
            for file, result in pool.map(lambda f: (f, self._read(root, base, f, day_of)), stale):
                if isinstance(result, Exception):
                    unreadable.append((legible(file.path), str(result)))
                    if isinstance(result, NotAPhotograph) and file.path in known:
                        gone.append(known[file.path])  # a disk that stutters loses nothing
                else:
                    self._register(*result)
        self._ledger.forget(gone)
        new = len(stale) - len(unreadable)
        unreadable += [(legible(path), reason) for path, reason in unlisted.items()]
        return ScanReport(len(found), new, len(gone), tuple(unreadable))

    def _list(self, base: Path, folder: Path, unlisted: dict[Path, str]) -> Iterator[_File]:
        """Photograph files by name in `folder` and below; links are not followed.

        What lies there but cannot be looked at is added to `unlisted`, with the reason.
        """
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            if folder == base:
                raise
            unlisted[folder.relative_to(base)] = str(error)
            return
        for entry in entries:
            path = Path(entry.path).relative_to(base)
            if entry.is_symlink() or (entry.is_dir() and entry.name.startswith(".")):
                continue
            if entry.is_dir():
                yield from self._list(base, Path(entry.path), unlisted)
            elif self._exclusion.refuses(path) is None:
                try:
                    stat = entry.stat()
                except FileNotFoundError:
                    continue
                except OSError as error:
                    unlisted[path] = str(error)
                else:
                    yield _File(str(path), stat.st_size, modified_ns(stat))

    def _read(
        self, root: str, base: Path, file: _File, day_of: Callable[[datetime], str]
    ) -> _Read | Exception:
        """Everything the ledger keeps of a file, or why it cannot be read."""
        path = base / file.path
        if legible(file.path) != file.path:
            return NotAPhotograph("its name is not valid UTF-8; rename it")
        try:
            sha256 = sha256_of(path)
            picture = identify(path)
            time = filing_time(
                path,
                begin=self._settings.first_moment(),
                default_clocks=self._settings.intake.default_clocks,
                zone=self._settings.archive.zone(),
                now=datetime.now(),  # noqa: DTZ005 local like the camera's clock
            )
        except (OSError, ValueError, OverflowError, NotAPhotograph) as error:
            return error
        source = self._ledger.filed_from(sha256)
        stem = path.stem
        if not is_canonical(stem):
            stem = canonical_stem(time.moment, self._settings.intake.photographer, stem)
        content = Content(
            sha256=sha256,
            photo_id=photo_id_of(stem, picture.format),
            format=picture.format,
            bytes=file.size,
            width=picture.width,
            height=picture.height,
            captured_at=time.camera.isoformat() if time.camera else None,
            original_filename=Path(source or path).name,
            source_path=source,
            camera_model=time.camera_model,
            serial=time.serial,
        )
        day = day_of(time.moment)
        return content, Location(root, file.path, file.size, file.mtime_ns, sha256, day)

    def _register(self, content: Content, location: Location) -> None:
        owner = self._ledger.owner_of(content.photo_id)
        if owner not in (None, content.sha256):
            stem = content.photo_id.removesuffix(f"_{content.format}")
            photo_id = photo_id_of(with_digest(stem, content.sha256), content.format)
            content = Content(**{**vars(content), "photo_id": photo_id})
        self._ledger.register([content], [location])


def _unchanged(file: _File, known: Location | None) -> bool:
    return known is not None and (known.size, known.mtime_ns) == (file.size, file.mtime_ns)
