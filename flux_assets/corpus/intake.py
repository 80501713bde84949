"""Intake: from a dropped file to a filed original, provably and once.

Each step leaves the archive in a state from which the next run goes on: a copy lies under a
temporary name until it has been read back, the ledger learns of it after it has its final name,
and the dropped file goes only when the ledger knows where its content lies.
"""

import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISDIR
from threading import Lock

from flux_assets.corpus.aside import move_aside
from flux_assets.corpus.exclusion import Exclusion
from flux_assets.corpus.filing_time import FilingTime, filing_time
from flux_assets.corpus.naming import canonical_stem, photo_id_of, press_of, with_digest
from flux_assets.corpus.outcome import Outcome, failed
from flux_assets.corpus.pictures import NotAPhotograph, Picture, identify
from flux_resources.data_root import DataRoot
from flux_resources.durable import durable_folder, name_finally
from flux_resources.file_times import modified_ns
from flux_resources.files import (
    CopyError,
    FileState,
    copy_proven,
    file_state,
    legible,
    sha256_of,
    sync_folder,
)
from flux_resources.ledger import Ledger
from flux_resources.ledger_rows import ORIGINALS, Content, IntakeEntry, Location

_TROUBLE = (OSError, ValueError, OverflowError, sqlite3.Error)
_BATCH = 64  # files that are hashed before they are filed, few enough to stay in memory


@dataclass(frozen=True)
class _Hashed:
    """A file's content, and the state it was read in."""

    source: Path
    state: FileState
    sha256: str


class Intake:
    """Takes files into one archive. The caller holds the `intake` lock."""

    def __init__(self, archive: DataRoot, ledger: Ledger) -> None:
        self._archive = archive
        self._paths = archive.paths
        self._settings = archive.settings
        self._ledger = ledger
        self._exclusion = Exclusion.of(archive.settings.archive)
        self._naming, self._moving = Lock(), Lock()

    def take(
        self, files: Sequence[Path], on_outcome: Callable[[Outcome], None] = lambda _: None
    ) -> list[Outcome]:
        """Take files in, several at once; one bad file never stops the others.

        Copies of one content are taken one after another in the order given: a run that goes on
        where a killed one stopped then gives them the same names. A file that left the inbox
        since it was listed has no outcome.
        """
        outcomes: dict[Path, Outcome] = {}

        def report(outcome: Outcome) -> None:
            on_outcome(outcome)
            outcomes[outcome.source] = outcome

        # Twice the workers: half of them wait for the disk to flush.
        with ThreadPoolExecutor(2 * self._settings.imaging.workers) as pool:
            for start in range(0, len(files), _BATCH):
                copies: defaultdict[str, list[_Hashed]] = defaultdict(list)
                for seen in pool.map(self._look, files[start : start + _BATCH]):
                    if isinstance(seen, _Hashed):
                        copies[seen.sha256].append(seen)
                    elif seen:
                        report(seen)
                for taken in pool.map(self._take_copies, copies.values()):
                    for outcome in taken:
                        report(outcome)
        return [outcomes[file] for file in files if file in outcomes]

    def _look(self, source: Path) -> Outcome | _Hashed | None:
        """Hash a file, or say what became of it without."""
        try:
            if S_ISDIR(source.stat().st_mode):
                os.scandir(source).close()  # raises again what kept its files from being listed
                return Outcome(source, "changing")
            if reason := self._exclusion.refuses(self._name_of(source)):
                return self._finish_earlier(source, None) or self._reject(source, None, reason)
            if self._is_changing(source):
                return Outcome(source, "changing")
            state = file_state(source)
            return _Hashed(source, state, sha256_of(source))
        except _TROUBLE as error:
            return self._failed(source, error)

    def _take_copies(self, copies: list[_Hashed]) -> list[Outcome]:
        outcomes: list[Outcome | None] = []
        for hashed in copies:
            try:
                outcomes.append(self._take(hashed.source, hashed.state, hashed.sha256))
            except _TROUBLE as error:
                outcomes.append(self._failed(hashed.source, error))
        return [outcome for outcome in outcomes if outcome]

    def _failed(self, source: Path, error: Exception) -> Outcome | None:
        """What became of a file that ran into trouble; None if it left the inbox by itself."""
        gone = isinstance(error, FileNotFoundError) and not os.path.lexists(source)
        return None if gone and source.is_relative_to(self._paths.inbox) else failed(source, error)

    def _take(self, source: Path, seen: FileState, sha256: str) -> Outcome:
        if file_state(source) != seen:
            return Outcome(source, "changing")
        if done := self._finish_earlier(source, sha256):
            return done
        if self._is_archived(sha256):
            unrecorded = self._finish_unrecorded(source, sha256)
            return unrecorded or self._skip_duplicate(source, sha256)
        try:
            picture = identify(source)
        except NotAPhotograph as error:
            return self._reject(source, sha256, str(error))
        return self._file(source, seen, sha256, picture)

    def _file(self, source: Path, seen: FileState, sha256: str, picture: Picture) -> Outcome:
        taken = self._filing_time(source)
        stem = self._stem(source, sha256, taken)
        day = stem[:10]
        folder = self._paths.original_day(day)
        with self._naming:  # nobody files into a folder that is not durable yet
            durable_folder(folder)
        temporary = _partial(folder, sha256)
        temporary.unlink(missing_ok=True)  # when a run is killed, a photograph may bear both names
        try:
            copy_proven(source, temporary, sha256)
        except CopyError:
            if file_state(source) != seen:
                return Outcome(source, "changing")
            raise
        if file_state(source) != seen:
            temporary.unlink()
            return Outcome(source, "changing")
        with self._naming:
            target, photo_id = self._name(temporary, stem, source.suffix, sha256, picture.format)
            sync_folder(folder)
            self._record(source, target, day, sha256, photo_id, picture, taken)
        if file_state(source) == seen:  # else it grew meanwhile, and what it is now is another file
            self._clear(source)
        return Outcome(source, "filed", None, photo_id, day, taken.warning)

    def _is_changing(self, source: Path) -> bool:
        """Whether a file in the inbox changed since it was listed."""
        if not source.is_relative_to(self._paths.inbox):
            return False
        return time.time() - source.stat().st_ctime < self._settings.intake.settle_seconds

    def _stem(self, source: Path, sha256: str, time: FilingTime) -> str:
        """The canonical stem; a content that was lost and returns has the one it had."""
        if known := self._ledger.content(sha256):
            return press_of(known.photo_id, known.format)
        return canonical_stem(time.moment, self._settings.intake.photographer, source.stem)

    def _name(
        self, temporary: Path, stem: str, suffix: str, sha256: str, image_format: str
    ) -> tuple[Path, str]:
        """Give a copy its canonical name, or the one with a digest when that is taken."""
        for candidate in (stem, with_digest(stem, sha256)):
            target = temporary.with_name(f"{candidate}{suffix.upper()}")
            photo_id = photo_id_of(candidate, image_format)
            free = self._ledger.owner_of(photo_id) in (None, sha256)
            if free and _bears(target, temporary, sha256):
                return target, photo_id
        raise FileExistsError(f"{target} is taken by another content; rename it by hand")

    def _record(
        self,
        source: Path,
        target: Path,
        day: str,
        sha256: str,
        photo_id: str,
        picture: Picture,
        time: FilingTime,
    ) -> None:
        stat = target.stat()
        content = Content(
            sha256=sha256,
            photo_id=photo_id,
            format=picture.format,
            bytes=stat.st_size,
            width=picture.width,
            height=picture.height,
            captured_at=time.camera.isoformat() if time.camera else None,
            original_filename=legible(source.name),
            source_path=self._dropped(source),
            camera_model=time.camera_model,
            serial=time.serial,
        )
        path = str(target.relative_to(self._paths.originals))
        location = Location(ORIGINALS, path, stat.st_size, modified_ns(stat), sha256, day)
        entry = self._entry(source, sha256, photo_id, "filed", time.warning)
        self._ledger.register([content], [location], entry)

    def _finish_earlier(self, source: Path, sha256: str | None) -> Outcome | None:
        """Complete a file that was recorded before the process died, and record nothing twice."""
        entry = self._ledger.last_entry(self._dropped(source), sha256)
        if entry is None or entry.at < _timestamp(source.stat().st_ctime):
            return None  # unknown, or dropped anew since
        if entry.action == "rejected":
            self._move_aside(source, self._paths.rejected, entry.reason)
            return Outcome(source, "rejected", entry.reason)
        if sha256 is None or not self._is_archived(sha256):
            return None
        if entry.action == "filed":
            self._clear(source)
        else:
            self._move_aside(source, self._paths.inbox_duplicates, None)
        return Outcome(source, "duplicate", "taken in before", entry.photo_id)

    def _finish_unrecorded(self, source: Path, sha256: str) -> Outcome | None:
        """Complete a file that was filed when the process died, and that a scan found since."""
        content = self._ledger.content(sha256)
        if content is None or content.source_path is not None:
            return None
        stem, modified = press_of(content.photo_id, content.format), modified_ns(source.stat())
        for location in self._ledger.locations_of(sha256):
            same = (location.root, location.mtime_ns) == (ORIGINALS, modified)
            if same and Path(location.path).stem == stem:
                dropped = replace(
                    content,
                    original_filename=legible(source.name),
                    source_path=self._dropped(source),
                )
                warning = self._filing_time(source).warning
                entry = self._entry(source, sha256, content.photo_id, "filed", warning)
                folder = (self._paths.originals / location.path).parent
                _partial(folder, sha256).unlink(missing_ok=True)
                self._ledger.register([dropped], [location], entry)
                self._clear(source)
                return Outcome(source, "filed", None, content.photo_id, location.day, warning)
        return None

    def _skip_duplicate(self, source: Path, sha256: str) -> Outcome:
        content = self._ledger.content(sha256)
        photo_id = content.photo_id if content else None
        reason = f"same content as {photo_id}"
        self._ledger.journal(self._entry(source, sha256, photo_id, "duplicate", reason))
        self._move_aside(source, self._paths.inbox_duplicates, None)
        return Outcome(source, "duplicate", reason, photo_id)

    def _reject(self, source: Path, sha256: str | None, reason: str) -> Outcome:
        self._ledger.journal(self._entry(source, sha256, None, "rejected", reason))
        self._move_aside(source, self._paths.rejected, reason)
        return Outcome(source, "rejected", reason)

    def _is_archived(self, sha256: str) -> bool:
        """Whether a copy of this content is on disk now, and not merely remembered."""
        for location in self._ledger.locations_of(sha256):
            root = Path(location.root) if location.root else self._paths.originals
            file = root / location.path
            if file.is_file() and file.stat().st_size == location.size:
                return True
        return False

    def _filing_time(self, source: Path) -> FilingTime:
        return filing_time(
            source,
            begin=self._settings.first_moment(),
            default_clocks=self._settings.intake.default_clocks,
            zone=self._settings.archive.zone(),
            now=datetime.now(),  # noqa: DTZ005 local like the camera's clock
        )

    def _entry(
        self,
        source: Path,
        sha256: str | None,
        photo_id: str | None,
        action: str,
        reason: str | None,
    ) -> IntakeEntry:
        at = _timestamp(datetime.now(UTC).timestamp())
        return IntakeEntry(self._dropped(source), sha256, photo_id, action, reason, at)

    def _dropped(self, source: Path) -> str:
        """Where a file was dropped, as the journal holds it."""
        return legible(self._paths.relative(source))

    def _name_of(self, source: Path) -> Path:
        """The path that exclude patterns see: below the inbox, or the bare file name."""
        inbox = self._paths.inbox
        return source.relative_to(inbox) if source.is_relative_to(inbox) else Path(source.name)

    def _clear(self, source: Path) -> None:
        """Remove a filed file from the inbox; files taken from elsewhere stay where they are."""
        if source.is_relative_to(self._paths.inbox):
            source.unlink()

    def _move_aside(self, source: Path, folder: Path, reason: str | None) -> None:
        """Move a file that is not filed out of the way, within the inbox."""
        inbox = self._paths.inbox
        if source.is_relative_to(inbox):
            with self._moving:
                move_aside(source, folder / source.relative_to(inbox), reason)


def _partial(folder: Path, sha256: str) -> Path:
    """The name of a copy until it has been read back."""
    return folder / f"._{sha256[:16]}.partial"


def _bears(target: Path, temporary: Path, sha256: str) -> bool:
    """Whether a photograph lies at `target`: since before, or now that a copy is named so."""
    try:
        name_finally(temporary, target)
    except FileExistsError:
        if target.is_symlink() or not target.is_file() or sha256_of(target) != sha256:
            return False
        temporary.unlink()
    return True


def _timestamp(seconds: float) -> str:
    """UTC, ISO 8601 with microseconds, so that texts sort as times do."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
