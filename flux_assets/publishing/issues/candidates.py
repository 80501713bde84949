"""What an issue would show, and everything that speaks against it, all lines at once."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from flux_assets.publishing.issues.assignments import AssignmentError, Frame, read_assignment
from flux_assets.publishing.issues.frames import find_photographs
from flux_assets.publishing.issues.issue_manifests import ISSUE_LENGTH
from flux_resources.files import sha256_of
from flux_resources.paths import Paths

_READERS = 4  # files hashed at a time; disks and file servers like a few
_NAMED = 5  # candidates of an ambiguous name


@dataclass
class Candidate:
    """An issue as its assignment file has it.

    `photo_ids` follow the frames, None where a frame is not clear; `faults` say why, each with
    file and line.
    """

    issue_id: str
    file: Path
    frames: list[Frame] = field(default_factory=list)
    photo_ids: list[str | None] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def refuse(self, where: str, reason: str) -> None:
        self.faults.append(f"{self.file}, {where}: {reason}")

    @property
    def photographs(self) -> set[str]:
        return {photo_id for photo_id in self.photo_ids if photo_id}


def candidates_of(
    folders: Iterable[Path], index: pl.DataFrame, *, length: int | None = ISSUE_LENGTH
) -> list[Candidate]:
    """Read assignment files and find their photographs. `length` None allows any number."""
    candidates = [_read(folder) for folder in folders]
    texts = (frame.text for candidate in candidates for frame in candidate.frames)
    meant = find_photographs(texts, index)
    for candidate in candidates:
        if length and candidate.frames and len(candidate.frames) != length:
            last = candidate.frames[-1].where
            n = len(candidate.frames)
            candidate.refuse(last, f"the list ends with {n} frames; an issue has {length}")
        _find(candidate, meant)
    return candidates


def _read(folder: Path) -> Candidate:
    candidate = Candidate(folder.name, folder)
    try:
        candidate.file, candidate.frames = read_assignment(folder)
    except AssignmentError as error:
        candidate.faults.append(str(error))
    else:
        if not candidate.frames:
            candidate.faults.append(f"{candidate.file}: lists no frames")
    return candidate


def _find(candidate: Candidate, meant: Mapping[str, Sequence[str]]) -> None:
    first: dict[str, Frame] = {}
    for frame in candidate.frames:
        found = meant[frame.text]
        photo_id = found[0] if len(found) == 1 else None
        candidate.photo_ids.append(photo_id)
        if not found:
            remedy = "take it in first, or mend the name"
            candidate.refuse(frame.where, f"{frame.text} is no photograph of the archive; {remedy}")
        elif photo_id is None:
            more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            names = ", ".join(found[:_NAMED])
            candidate.refuse(frame.where, f"{frame.text} may be {names}{more}; give the photo_id")
        elif photo_id in first:
            candidate.refuse(frame.where, f"{frame.text} stands on {first[photo_id].where} already")
        else:
            first[photo_id] = frame


def refuse_taken(candidates: Sequence[Candidate], published: Mapping[str, set[str]]) -> None:
    """Refuse frames that another issue has.

    `published` holds the photo_ids of each issue as last published. Candidates without faults are
    published together, so a frame may move from one to another; an issue that is refused keeps
    what it had.
    """
    while True:
        good = [candidate for candidate in candidates if not candidate.faults]
        names = {candidate.issue_id for candidate in good}
        owners = {
            photo_id: issue_id
            for issue_id, photo_ids in published.items()
            if issue_id not in names
            for photo_id in photo_ids
        }
        for candidate in good:
            _refuse_owned(candidate, owners)
            if not candidate.faults:
                owners |= dict.fromkeys(candidate.photographs, candidate.issue_id)
        if not any(candidate.faults for candidate in good):
            return


def _refuse_owned(candidate: Candidate, owners: Mapping[str, str]) -> None:
    for frame, photo_id in zip(candidate.frames, candidate.photo_ids, strict=True):
        owner = owners.get(photo_id) if photo_id else None
        if owner and owner != candidate.issue_id:
            candidate.refuse(frame.where, f"{frame.text} is in {owner} already; take it out there")


def refuse_unproven(candidate: Candidate, index: pl.DataFrame, paths: Paths) -> None:
    """Refuse frames whose original is gone, or is no longer the content that was indexed."""
    known = {
        photo_id: (paths.absolute(path), sha256)
        for photo_id, path, sha256 in index.filter(
            pl.col("photo_id").is_in(sorted(candidate.photographs))
        )
        .select("photo_id", "path", "sha256")
        .iter_rows()
    }
    asked = [
        (frame, *known[photo_id])
        for frame, photo_id in zip(candidate.frames, candidate.photo_ids, strict=True)
        if photo_id
    ]
    with ThreadPoolExecutor(_READERS) as readers:
        faults = readers.map(lambda each: _fault_of(each[1], each[2]), asked)
        for (frame, *_), fault in zip(asked, faults, strict=True):
            if fault:
                candidate.refuse(frame.where, f"{frame.text}: {fault}")


def _fault_of(original: Path, sha256: str) -> str | None:
    try:
        found = sha256_of(original)
    except FileNotFoundError:
        return f"its original {original} is missing; is the disk mounted?"
    except OSError as error:
        return f"its original cannot be read: {error}"
    if found != sha256:
        return (
            f"its original {original} has changed since it was indexed (its hash is no longer "
            "the same); bring the file back from a backup, or index its day anew"
        )
    return None
