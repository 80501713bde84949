"""Sheets of a day's largest burst and of the largest groups of duplicates."""

import io
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import polars as pl
from PIL import Image, ImageOps

from flux_assets.search.contact_sheet import contact_sheet
from flux_assets.vision.bursts import list_bursts
from flux_assets.vision.duplicates import list_duplicates
from flux_resources.files import atomic_file

ThumbOf = Callable[[str], Path]
_MOST_FRAMES = 24
_FILES_PER_GROUP = 4
_QUALITY, _SHOWN_WIDTH = 80, 900


def burst_sheet(rows: pl.DataFrame, thumb: ThumbOf) -> Image.Image | None:
    """The largest burst of `Bursts` rows in the order of time; the chosen frame says so.

    Of a long burst the frames around the chosen one. None where there is no burst.
    """
    bursts = list_bursts(rows).filter(pl.col("kind") == "burst")
    if bursts.is_empty():
        return None
    burst_id, frames = bursts.row(0, named=True)["burst_id"], bursts["frames"][0]
    # RAW and JPEG share a position; the JPEG's photo_id is the shorter one.
    members = (
        rows.filter(pl.col("burst_id") == burst_id)
        .sort("position", pl.col("photo_id").str.len_chars())
        .unique("position", keep="first", maintain_order=True)
    )
    best = members["is_best"].arg_true()[0]
    start = max(0, min(best - _MOST_FRAMES // 2, frames - _MOST_FRAMES))
    shown = members.slice(start, _MOST_FRAMES)
    pictures = [
        (thumb(frame["photo_id"]), _burst_caption(frame)) for frame in shown.iter_rows(named=True)
    ]
    return contact_sheet(pictures, f"{burst_id}: {frames} frames")


def duplicates_sheet(rows: pl.DataFrame, thumb: ThumbOf, *, groups: int = 6) -> Image.Image | None:
    """The largest groups of `Duplicates`, one below the other; None where there is none."""
    sheets = []
    for group in list_duplicates(rows).head(groups).iter_rows(named=True):
        files = rows.filter(pl.col("group_id") == group["group_id"]).head(_FILES_PER_GROUP)
        pictures = [
            (thumb(file["photo_id"]), _file_caption(file)) for file in files.iter_rows(named=True)
        ]
        title = f"{group['group_id']}: {group['relation']}, {group['files']} files"
        sheets.append(contact_sheet(pictures, title))
    return _stacked(sheets) if sheets else None


def save_sheet(sheet: Image.Image | None, file: Path) -> None:
    """Write a sheet as JPEG; without one, the file of an earlier time goes."""
    if sheet is None:
        file.unlink(missing_ok=True)
        return
    with atomic_file(file, durable=False) as temporary:
        sheet.save(temporary, "JPEG", quality=_QUALITY)


def as_markdown(sheet: Image.Image) -> str:
    """A sheet as Markdown that holds the picture itself, for the UI."""
    shown = ImageOps.contain(sheet, (_SHOWN_WIDTH, sheet.height))
    buffer = io.BytesIO()
    shown.save(buffer, "JPEG", quality=_QUALITY)
    return f"![contact sheet](data:image/jpeg;base64,{b64encode(buffer.getvalue()).decode()})"


def _burst_caption(frame: dict[str, object]) -> str:
    chosen = f"CHOSEN: {frame['best_reason']}" if frame["is_best"] else ""
    return f"{frame['position']} of {frame['burst_size']}\n{chosen}"


def _file_caption(file: dict[str, object]) -> str:
    if file["keep"]:
        return f"{file['photo_id']}\nKEEP: {file['keep_reason']}"
    return f"{file['photo_id']}\n{file['distance']} bits from the medoid"


def _stacked(sheets: list[Image.Image]) -> Image.Image:
    """One below the other on the paper of the first."""
    size = max(sheet.width for sheet in sheets), sum(sheet.height for sheet in sheets)
    stack = Image.new("RGB", size, sheets[0].getpixel((0, 0)))
    top = 0
    for sheet in sheets:
        stack.paste(sheet, (0, top))
        top += sheet.height
    return stack
