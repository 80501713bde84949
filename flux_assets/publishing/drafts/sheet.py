"""The contact sheet of a draft: six by six, in order, with positions and reasons."""

import textwrap
from pathlib import Path

import polars as pl

from flux_assets.search.contact_sheet import Picture, contact_sheet
from flux_resources.files import atomic_file
from flux_resources.paths import Paths

_COLUMNS, _LINE, _LINES = 6, 48, 2  # characters and lines that a caption has room for


def write_sheet(rows: pl.DataFrame, title: str, paths: Paths, file: Path) -> None:
    """A JPEG of `position, photo_id, captured_at, location_city, location_country, reason`."""
    pictures = [_picture(row, paths) for row in rows.sort("position").iter_rows(named=True)]
    sheet = contact_sheet(pictures, title, columns=_COLUMNS)
    with atomic_file(file, durable=False) as temporary:
        sheet.save(temporary, "JPEG", quality=88)


def _picture(row: dict[str, object], paths: Paths) -> Picture:
    place = row["location_city"] or row["location_country"] or "unknown place"
    text = f"{row['position']}. {place}, {row['captured_at']:%Y-%m-%d}: {row['reason']}"
    lines = textwrap.wrap(text, _LINE, max_lines=_LINES, placeholder=" …")
    return paths.thumb(str(row["photo_id"])), "\n".join(lines)
