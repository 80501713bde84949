"""Move files that are not filed out of the way, overwriting nothing."""

import os
from pathlib import Path

_NOTE = ".reason.txt"
_LONGEST = 255  # bytes of a name that file systems allow
_LONGEST_ENDING = 32  # bytes; what is longer is no ending


def move_aside(source: Path, target: Path, reason: str | None) -> None:
    """Move `source` to `target`, or to a numbered name beside it when that is taken.

    A reason is written into a note `{name}.reason.txt`, before the move, so that a file that was
    put aside always has its note. Names that would be too long are cut before their ending.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    note = f"{reason}\n".encode() if reason else None
    longest = _LONGEST - len(_NOTE) if note else _LONGEST
    number = 1
    target = target.with_name(_name(source, number, longest))
    while os.path.lexists(target) or not _note_fits(target, note):
        number += 1
        target = target.with_name(_name(source, number, longest))
    if note:
        _note_of(target).write_bytes(note)
    source.rename(target)


def _name(source: Path, number: int, longest: int) -> str:
    """`a.txt`, `a-2.txt`, `a-3.txt`, ...: at most `longest` bytes."""
    ending = source.suffix if len(os.fsencode(source.suffix)) <= _LONGEST_ENDING else ""
    stem = source.name.removesuffix(ending)
    ending = f"-{number}{ending}" if number > 1 else ending
    room = longest - len(os.fsencode(ending))
    encoded = os.fsencode(stem)
    short = stem if len(encoded) <= room else encoded[:room].decode(errors="ignore")
    return f"{short}{ending}"


def _note_of(target: Path) -> Path:
    return target.with_name(f"{target.name}{_NOTE}")


def _note_fits(target: Path, note: bytes | None) -> bool:
    """Whether a note beside `target` would overwrite nothing but itself."""
    file = _note_of(target)
    return note is None or not file.exists() or file.read_bytes() == note
