"""Move files that are not filed out of the way, overwriting nothing."""

from pathlib import Path


def move_aside(source: Path, target: Path, reason: str | None) -> None:
    """Move `source` to `target`, or to a numbered name beside it when that is taken.

    A reason is written into a note `{name}.reason.txt`, before the move, so that a file that was
    put aside always has its note.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    note = f"{reason}\n".encode() if reason else None
    number = 1
    while target.exists() or not _note_fits(target, note):
        number += 1
        target = target.with_name(f"{source.stem}-{number}{source.suffix}")
    if note:
        _note_of(target).write_bytes(note)
    source.rename(target)


def _note_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.reason.txt")


def _note_fits(target: Path, note: bytes | None) -> bool:
    """Whether a note beside `target` would overwrite nothing but itself."""
    file = _note_of(target)
    return note is None or not file.exists() or file.read_bytes() == note
