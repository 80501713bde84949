"""The decisions: everything a person said about the archive, keyed by content hash.

Append-only JSON lines that people can read. A later line about the same content and kind replaces
an earlier one; a value of null takes a decision back. Nothing computed is ever written here, and
no product overwrites what stands here.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from flux_resources.errors import FluxError
from flux_resources.files import single_writer

Kind = Literal["time", "zone", "place", "not_duplicates", "keep", "keeper_of", "keeper"]


class DecisionsBroken(FluxError):
    """A line of the decisions is not what was written; the message names file and line."""


@dataclass(frozen=True)
class Decision:
    """One thing a person said of one content.

    `at` is UTC, ISO 8601. `photo_id` is for people who read the file; `sha256` is the key.
    """

    at: str
    kind: Kind
    sha256: str
    photo_id: str
    value: dict[str, Any] | None


class Decisions:
    """Reads and appends the decisions of one archive."""

    def __init__(self, file: Path, locks: Path) -> None:
        self._file = file
        self._locks = locks

    def record(self, decisions: Iterable[Decision]) -> None:
        """Append decisions and flush them to disk, all in one write.

        Raises:
            flux_resources.files.Busy: another process is writing.
        """
        lines = [json.dumps(asdict(decision), ensure_ascii=False) for decision in decisions]
        if not lines:
            return
        with single_writer(self._locks, "decisions"):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            _end_last_line(self._file)
            with self._file.open("ab") as file:
                file.write("".join(f"{line}\n" for line in lines).encode())
                file.flush()
                os.fsync(file.fileno())

    def standing(self, kind: Kind) -> dict[str, Decision]:
        """The decisions of a kind that hold today, by sha256.

        Raises:
            DecisionsBroken: a line is not a decision.
        """
        latest = {entry.sha256: entry for entry in self.history() if entry.kind == kind}
        return {sha256: entry for sha256, entry in latest.items() if entry.value is not None}

    def history(self) -> list[Decision]:
        """Every decision, oldest first. What a killed write left of its line is passed over.

        Raises:
            DecisionsBroken: a line is not a decision.
        """
        if not self._file.exists():
            return []
        lines = self._file.read_bytes().split(b"\n")
        if not _is_decision(lines[-1]):
            del lines[-1]
        return [self._parsed(line, number) for number, line in enumerate(lines, 1) if line]

    def table(self, *kinds: Kind) -> pl.DataFrame:
        """What stands of several kinds: `sha256`, and for each kind its value as JSON, or null."""
        said = [self.standing(kind) for kind in kinds]
        keys = sorted(set().union(*said))
        columns = [
            pl.Series(
                kind,
                [json.dumps(by[key].value, sort_keys=True) if key in by else None for key in keys],
                pl.String,
            )
            for kind, by in zip(kinds, said, strict=True)
        ]
        return pl.DataFrame([pl.Series("sha256", keys, pl.String), *columns])

    def _parsed(self, line: bytes, number: int) -> Decision:
        try:
            return _decision(line)
        except (ValueError, TypeError) as error:
            raise DecisionsBroken(
                f"{self._file}, line {number} is no decision ({error}); mend it or take it out"
            ) from error


def _decision(line: bytes) -> Decision:
    return Decision(**json.loads(line))


def _is_decision(line: bytes) -> bool:
    try:
        _decision(line)
    except (ValueError, TypeError):
        return False
    return True


def _end_last_line(file: Path) -> None:
    """End a last line that lacks its newline, as editors leave it; cut off a torn one."""
    if not file.exists():
        return
    content = file.read_bytes()
    whole = content.rfind(b"\n") + 1
    if _is_decision(content[whole:]):
        with file.open("ab") as end:
            end.write(b"\n")
    elif whole < len(content):
        os.truncate(file, whole)
