"""Contact sheets: where people would rather look than read."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont, ImageOps

_CELL, _CAPTION, _MARGIN, _COLUMNS = 320, 44, 12, 4
_HEADING, _LINE = 36, 40  # heights of a heading, and the width that a time line takes
_PAPER, _INK, _MARK = (250, 249, 246), (40, 40, 40), (176, 60, 40)

Picture = tuple[Path | None, str]


class Row(NamedTuple):
    """Pictures with captions, side by side below a heading; without a heading it takes no room."""

    heading: str
    pictures: Sequence[Picture]


def contact_sheet(
    pictures: Sequence[Picture], title: str, *, columns: int = _COLUMNS
) -> Image.Image:
    """An RGB sheet of thumbnails with captions below them, in reading order.

    A picture that is missing or broken leaves a grey field, so that captions stay in place.
    """
    columns = max(1, min(columns, len(pictures)))
    starts = range(0, len(pictures), columns)
    return sheet_of_rows([Row("", pictures[start : start + columns]) for start in starts], title)


def sheet_of_rows(rows: Sequence[Row], title: str, *, time_line: bool = False) -> Image.Image:
    """A sheet of rows, one below the other; with a line along their headings where time passes."""
    indent = _MARGIN + (_LINE if time_line else 0)
    fonts = ImageFont.load_default(24), ImageFont.load_default(18), ImageFont.load_default(14)
    columns = max((len(row.pictures) for row in rows), default=1)
    texts = [(title, fonts[0]), *((row.heading, fonts[1]) for row in rows if row.heading)]
    width = max(
        indent + max(columns, 1) * (_CELL + _MARGIN),
        *(indent + int(font.getlength(text)) + _MARGIN for text, font in texts),
    )
    height = 3 * _MARGIN + _CAPTION + sum(map(_height, rows))
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, _MARGIN), title, _INK, fonts[0])
    top, dots = 2 * _MARGIN + _CAPTION, []
    for row in rows:
        dots.append(top + _HEADING // 3)
        _draw_row(sheet, row, (indent, top), fonts[1:])
        top += _height(row)
    if time_line and dots:
        _draw_line(draw, dots, top)
    return sheet


def _height(row: Row) -> int:
    pictures = _CELL + _CAPTION + _MARGIN if row.pictures else 0
    return pictures + (_HEADING if row.heading else 0)


def _draw_row(
    sheet: Image.Image,
    row: Row,
    corner: tuple[int, int],
    fonts: "Sequence[ImageFont.FreeTypeFont | ImageFont.ImageFont]",
) -> None:
    draw, (left, top) = ImageDraw.Draw(sheet), corner
    if row.heading:
        draw.text((left, top), row.heading, _INK, fonts[0])
        top += _HEADING
    for file, caption in row.pictures:
        sheet.paste(_cell(file), (left, top))
        draw.multiline_text((left, top + _CELL + 4), caption, _INK, fonts[1])
        left += _CELL + _MARGIN


def _draw_line(draw: ImageDraw.ImageDraw, dots: Sequence[int], end: int) -> None:
    across = _MARGIN + _LINE // 3
    draw.line((across, dots[0], across, end - _MARGIN), _MARK, 3)
    for down in dots:
        draw.ellipse((across - 7, down - 7, across + 7, down + 7), _MARK)


def _cell(file: Path | None) -> Image.Image:
    cell = Image.new("RGB", (_CELL, _CELL), _PAPER)
    try:
        if file is None:
            raise FileNotFoundError
        with Image.open(file) as image:
            image.draft("RGB", (_CELL, _CELL))
            picture = ImageOps.contain(image.convert("RGB"), (_CELL, _CELL))
    except (OSError, ValueError, SyntaxError):
        picture = Image.new("RGB", (_CELL, _CELL * 2 // 3), (205, 205, 205))
    cell.paste(picture, ((_CELL - picture.width) // 2, (_CELL - picture.height) // 2))
    return cell
