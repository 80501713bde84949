"""The versions of the keeper model: which there are, which one is in use, and why.

A version is a folder `v001` that appears whole, by one rename, and never changes: the model's
files, the training set, the evaluations, the card. Its record says whether it was promoted. What
people say later (a pin, versions rolled back) stands in one small file beside the folders. So a
process killed at any instant leaves the version in use that was in use.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.files import atomic_file, single_writer, sync_folder

_RECORD, _SAID, _MODEL = "version.json", "said.json", "model"


class NoSuchVersion(FluxError):
    """There is no version of that name, or none to go back to."""


@dataclass(frozen=True)
class Version:
    """What is known of one version; `keepers` and `photographs` count its training set.

    `made_at` is UTC, ISO 8601. `vectors` is the vector table the model reads. `digest` covers the
    model's files. `average_precision` was measured on the held-out rows of its day. `reason` says
    why it was promoted, or why not.
    """

    made_at: str
    vectors: str
    keepers: int
    photographs: int
    average_precision: float
    promoted: bool
    reason: str
    digest: str = ""
    name: str = ""


@dataclass(frozen=True)
class _Said:
    pinned: str | None = None
    rolled_back: list[str] = field(default_factory=list)


class ModelStore:
    """Reads and adds versions below `folder`. Writing takes the lock `keeper_model`."""

    def __init__(self, folder: Path, locks: Path) -> None:
        self.folder = folder
        self._locks = locks

    def versions(self) -> list[Version]:
        """All versions, the oldest first."""
        records = sorted(self.folder.glob(f"v*/{_RECORD}"))
        found = [Version(**json.loads(record.read_text())) for record in records]
        return sorted(found, key=lambda version: int(version.name[1:]))

    def current(self) -> Version | None:
        """The version in use: the pinned one, else the newest that is promoted.

        Raises:
            NoSuchVersion: the pinned version is no longer there.
        """
        pinned = self._said().pinned
        return self._named(pinned) if pinned else self.promoted()

    def promoted(self) -> Version | None:
        """The newest version that was promoted and not rolled back, whatever is pinned."""
        standing = self._standing(self._said())
        return standing[-1] if standing else None

    def states(self) -> dict[str, str]:
        """What each version is today, by name: `in use`, `rolled back`, ..."""
        said, current = self._said(), self.current()

        def state(version: Version) -> str:
            if current and version.name == current.name:
                return "in use, pinned" if said.pinned else "in use"
            if version.name in said.rolled_back:
                return "rolled back"
            return "promoted" if version.promoted else "not promoted"

        return {version.name: state(version) for version in self.versions()}

    def files(self, version: Version) -> Path:
        """The folder of a version: its card, its training set, its evaluations."""
        return self.folder / version.name

    def model_files(self, version: Version) -> Path:
        """The folder that `KeeperModel.load` reads."""
        return self.files(version) / _MODEL

    def add(
        self,
        version: Version,
        save_model: Callable[[Path], object],
        write_files: Callable[[Path, Version], object],
    ) -> Version:
        """Store a version under the next free name; a model that is there already is not stored.

        `save_model` gets an empty folder for the model's files, `write_files` the version's folder
        and its final record, for everything beside the model.

        Returns:
            The stored version, or the earlier one of the same model.

        Raises:
            flux_resources.files.Busy: another process is adding a version.
        """
        with single_writer(self._locks, "keeper_model"):
            before = self.versions()
            name = f"v{1 + max((int(v.name[1:]) for v in before), default=0):03}"
            temporary = self.folder / f".{name}.tmp"
            shutil.rmtree(temporary, ignore_errors=True)  # of a killed process
            (temporary / _MODEL).mkdir(parents=True)
            save_model(temporary / _MODEL)
            version = replace(version, name=name, digest=_digest(temporary / _MODEL))
            if same := [v for v in before if v.digest == version.digest]:
                shutil.rmtree(temporary)
                return same[-1]
            write_files(temporary, version)
            (temporary / _RECORD).write_text(json.dumps(asdict(version), indent=2))
            _flush(temporary)
            temporary.rename(self.folder / name)
            sync_folder(self.folder)
        return version

    def pin(self, name: str) -> Version:
        """Use this version, whatever is promoted later.

        Raises:
            NoSuchVersion: there is none of that name.
        """
        version = self._named(name)
        self._say(lambda said: replace(said, pinned=name))
        return version

    def unpin(self) -> None:
        """Use the newest promoted version again."""
        self._say(lambda said: replace(said, pinned=None))

    def rollback(self) -> Version:
        """Put the version in use aside; the one promoted before it is in use again.

        Raises:
            NoSuchVersion: a version is pinned, or no earlier one stands.
        """

        def without_newest(said: _Said) -> _Said:
            standing = self._standing(said)
            if said.pinned:
                raise NoSuchVersion(f"{said.pinned} is pinned; run: flux keepers model --unpin")
            if len(standing) < 2:
                raise NoSuchVersion("there is no earlier version of the keeper model to go back to")
            return replace(said, rolled_back=[*said.rolled_back, standing[-1].name])

        self._say(without_newest)
        current = self.current()
        assert current is not None
        return current

    def _standing(self, said: _Said) -> list[Version]:
        return [v for v in self.versions() if v.promoted and v.name not in said.rolled_back]

    def _named(self, name: str) -> Version:
        versions = {version.name: version for version in self.versions()}
        if name not in versions:
            known = ", ".join(versions) or "none"
            raise NoSuchVersion(
                f"the keeper model has no version {name} (there are: {known}); "
                "to use the newest promoted one: flux keepers model --unpin"
            )
        return versions[name]

    def _said(self) -> _Said:
        file = self.folder / _SAID
        return _Said(**json.loads(file.read_text())) if file.exists() else _Said()

    def _say(self, change: Callable[[_Said], _Said]) -> None:
        with single_writer(self._locks, "keeper_model"):
            content = json.dumps(asdict(change(self._said())), indent=2)
            with atomic_file(self.folder / _SAID) as temporary:
                temporary.write_text(content)


def open_models(archive: DataRoot) -> ModelStore:
    """The versions of an archive's keeper model."""
    return ModelStore(archive.paths.metadata / "models" / "keeper", archive.paths.locks)


def now() -> str:
    """UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _digest(folder: Path) -> str:
    """Digest of the names and contents of all files of a folder."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _flush(folder: Path) -> None:
    """Make a folder and all below it durable."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as content:
                os.fsync(content.fileno())
        else:
            sync_folder(file)
    sync_folder(folder)
