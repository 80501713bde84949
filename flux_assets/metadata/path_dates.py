"""What folder and file names say of a photograph's time: where it was before intake.

From the outermost folder to the file name, each name refines what the ones above it say; one that
contradicts them is believed in their place, since it is nearer to the photograph.

The canonical name repeats the time under which a file was filed, which is mostly EXIF, and proves
nothing; nor does the day folder it was filed into. What the file was called before, the last part
of that name, does, and so does any other folder that a person put it into.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, reduce
from pathlib import PurePosixPath

import polars as pl

from flux_assets.corpus.naming import is_canonical
from flux_assets.metadata.date_tokens import (
    Span,
    day_span,
    find_spans,
    month_of,
    month_span,
)

PATH_COLUMNS = {
    "path_start": pl.Datetime("ms"),
    "path_end": pl.Datetime("ms"),
    "path_instant": pl.Datetime("ms"),
    "path_says": pl.String(),
    "path_contradicts": pl.Boolean(),
}


@dataclass(frozen=True)
class PathDate:
    """What a path says. `span` is None when it says nothing; `says` are the names read so far."""

    span: Span | None = None
    says: str = ""
    contradicts: bool = False


def path_date(folder: str, name: str, *, now: datetime) -> PathDate:
    """What `folder` and the file `name` in it say; `now` is local, without a zone.

    >>> path_date("2022/2022-01/2022-01-15 Rome", "R0001234.JPG", now=datetime(2024, 1, 1)).says
    '2022 > 2022-01 > 2022-01-15'
    """
    stem = name.rpartition(".")[0] or name
    if is_canonical(stem):
        folder, stem = _without_day_tree(folder, stem[:10]), stem.split("_", 3)[3]
    return _with_file(_folder_date(folder, now), stem, now)


def path_dates(files: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """`PATH_COLUMNS` for `path, source_path, original_filename`, a row for each.

    `path_start` to before `path_end` is local time; `path_instant` is UTC, where a name holds it.
    All are null where the path says nothing.
    """
    folders = files.select(source_folder())["source_folder"]
    found = [
        path_date(folder, name, now=now)
        for folder, name in zip(folders, files["original_filename"], strict=True)
    ]
    spans = [date.span for date in found]
    values = (
        [span and span.start for span in spans],
        [span and span.end for span in spans],
        [span and span.instant for span in spans],
        [date.says or None for date in found],
        [date.contradicts for date in found],
    )
    return pl.DataFrame(dict(zip(PATH_COLUMNS, values, strict=True)), schema=PATH_COLUMNS)


def source_folder() -> pl.Expr:
    """The folder in which a photograph lay before intake, out of `source_path` and `path`."""
    return pl.coalesce("source_path", "path").str.replace(r"/?[^/]*$", "").alias("source_folder")


def _without_day_tree(folder: str, day: str) -> str:
    """`folder` without the archive's own `2022/2022-01/2022-01-15` at its end."""
    tree = f"{day[:4]}/{day[:7]}/{day}"
    return folder.removesuffix(tree) if f"/{folder}".endswith(f"/{tree}") else folder


@lru_cache(maxsize=2**16)
def _folder_date(folder: str, now: datetime) -> PathDate:
    date, above, parent = PathDate(), "", None
    for name in PurePosixPath(folder).parts:
        own = _below(above, parent, name) or _merged(find_spans(name, folder=True, now=now))
        date = _refined(date, own)
        above, parent = name, own
    return date


def _with_file(date: PathDate, stem: str, now: datetime) -> PathDate:
    spans = find_spans(stem, folder=False, now=now)
    return _refined(date, _merged(spans)) if spans else date


def _below(above: str, parent: Span | None, name: str) -> Span | None:
    """`01`, `January` or `01 - January` in a folder `2022`, and `15` in a folder `01` of that."""
    if parent is None or not above.isdecimal():
        return None
    start = parent.start
    try:
        if len(above) == 4 and (month := month_of(name)):
            return month_span(start.year, month, name)
        if len(above) <= 2 and name.isdecimal():
            return day_span(start.year, start.month, int(name), name)
    except ValueError:  # a thirtieth of February is some other thirtieth
        pass
    return None


def _merged(spans: list[Span]) -> Span | None:
    """What one name says: the most exact of dates that agree, all the time between others."""

    def both(first: Span, second: Span) -> Span:
        return _common(first, second) or Span(
            min(first.start, second.start),
            max(first.end, second.end),
            f"{first.text}, {second.text}",
        )

    return reduce(both, spans) if spans else None


def _refined(date: PathDate, span: Span | None) -> PathDate:
    if span is None:
        return date
    if date.span is None:
        return PathDate(span, span.text)
    common = _common(date.span, span)
    says = f"{date.says} > {span.text}"
    return PathDate(common or span, says, date.contradicts or common is None)


def _common(first: Span, second: Span) -> Span | None:
    start, end = max(first.start, second.start), min(first.end, second.end)
    if start >= end:
        return None
    return replace(second, start=start, end=end, instant=second.instant or first.instant)
