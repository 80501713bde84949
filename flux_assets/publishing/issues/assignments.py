"""Assignment files: which photographs an issue or a catalog entry shows, and in what order.

FLUX_ISSUES/FLUX_019 holds exactly one of

- `frames.txt`: a frame per line,
- `frames.csv`: a frame per row, with a header that names `sha256`, `photo_id` or `filename`, or a
  single column without a header,
- `frames.json`: a list, or an object with a list `frames`, of texts or of objects with one of
  these three keys; so a manifest.json can be used as it is.

A frame is a file name, a photo_id or a sha256. Blank lines, and lines of txt and csv that begin
with `#`, are passed over. Text is UTF-8, or UTF-16 with its mark. Where one row has several of the
three columns, the most exact counts.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flux_resources.errors import FluxError

ISSUE_ID = re.compile(r"FLUX_\d{3,}")
CATALOG_ID = re.compile(r"CAT_\d{3,}")
NAMES = ("sha256", "photo_id", "filename")  # of columns and keys, the most exact first
_FRAME_FILE = re.compile(r"frames\.(txt|csv|json)", re.IGNORECASE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Frame(NamedTuple):
    """One entry of an assignment file: where it stands there (`line 3`), and what it says."""

    where: str
    text: str


class AssignmentError(FluxError):
    """An assignment file cannot be used; each line of the message names file, line and remedy."""


def folders(issues: Path, ids: re.Pattern[str]) -> list[str]:
    """Names of the folders that hold an assignment file and are called as `ids` says, ascending."""
    if not issues.is_dir():
        return []
    return sorted(
        folder.name
        for folder in issues.iterdir()
        if ids.fullmatch(folder.name) and folder.is_dir() and frame_files(folder)
    )


def frame_files(folder: Path) -> list[Path]:
    """The assignment files in a folder; there should be one."""
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if _FRAME_FILE.fullmatch(file.name))


def read_assignment(folder: Path) -> tuple[Path, list[Frame]]:
    """The assignment file of a folder and its frames, in order.

    Raises:
        AssignmentError: there is none, or several, or it cannot be read.
    """
    found = frame_files(folder)
    if len(found) != 1:
        names = ", ".join(file.name for file in found) or "none"
        raise AssignmentError(
            f"{folder}: there must be one of frames.txt, frames.csv and frames.json; found {names}"
        )
    (file,) = found
    try:
        return file, parse(_text(file.read_bytes()), file.suffix.lower())
    except OSError as error:
        raise AssignmentError(f"{file}: cannot be read: {error}") from error
    except ValueError as error:
        raise AssignmentError(f"{file}: {error}") from error


def parse(text: str, ending: str) -> list[Frame]:
    """The frames in the text of an assignment file; `ending` is `.txt`, `.csv` or `.json`.

    Raises:
        ValueError: it is no such file; the message names the line.
    """
    readers: dict[str, Callable[[str], Iterator[Frame]]] = {
        ".txt": _lines,
        ".csv": _rows,
        ".json": _entries,
    }
    return list(readers[ending](text))


def _text(content: bytes) -> str:
    """
    Raises:
        ValueError: it is not text.
    """
    encoding = "utf-16" if content.startswith(_UTF16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line}: is no {encoding[:5].upper()}; save it as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lines(text: str) -> Iterator[Frame]:
    for number, line in enumerate(text.split("\n"), 1):
        if _says_something(line):
            yield Frame(f"line {number}", line.strip())


def _rows(text: str) -> Iterator[Frame]:
    """Rows by their header, if there is one; separated by comma, semicolon or tab."""
    first = next((line for line in text.split("\n") if _says_something(line)), "")
    separator = max(",;\t", key=first.count)
    columns: Sequence[str] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if not _says_something(line):
            continue
        try:
            (row,) = csv.reader(io.StringIO(line), delimiter=separator, strict=True)
        except (csv.Error, ValueError) as error:
            raise ValueError(f"line {number}: is no row of a table ({error})") from error
        cells = [cell.strip() for cell in row]
        if columns is None:
            columns = [cell.lower() for cell in cells]
            if set(columns) & set(NAMES):
                continue
            if len(cells) > 1:
                raise ValueError(f"line {number}: the header must name one of {', '.join(NAMES)}")
            columns = NAMES[-1:]
        if len(cells) != len(columns):
            raise ValueError(f"line {number}: {len(cells)} columns, not {len(columns)}")
        yield _named(f"line {number}", dict(zip(columns, cells, strict=True)))


def _entries(text: str) -> Iterator[Frame]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is no JSON: {error}") from error
    entries = content.get("frames") if isinstance(content, dict) else content
    if not isinstance(entries, list):
        raise ValueError("must be a list, or an object with a list `frames`")
    for number, entry in enumerate(entries, 1):
        where = f"entry {number}"
        yield _named(where, entry if isinstance(entry, dict) else {NAMES[-1]: entry})


def _named(where: str, row: dict[str, Any]) -> Frame:
    """
    Raises:
        ValueError: the row names no photograph.
    """
    for name in NAMES:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return Frame(where, value.strip())
    raise ValueError(f"{where}: names no photograph; give one of {', '.join(NAMES)}")


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
