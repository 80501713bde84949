"""Contact sheets: where people would rather look than read."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

_CELL, _CAPTION, _MARGIN, _COLUMNS = 320, 44, 12, 4
_PAPER, _INK = (250, 249, 246), (40, 40, 40)


def contact_sheet(
    pictures: Sequence[tuple[Path | None, str]], title: str, *, columns: int = _COLUMNS
) -> Image.Image:
    """An RGB sheet of thumbnails with captions below them, in reading order.

    A picture that is missing or broken leaves a grey field, so that captions stay in place.
    """
    columns = max(1, min(columns, len(pictures)))
    rows = -(-len(pictures) // columns)
    width = _MARGIN + columns * (_CELL + _MARGIN)
    height = 3 * _MARGIN + _CAPTION + rows * (_CELL + _CAPTION + _MARGIN)
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, _MARGIN), title, _INK, ImageFont.load_default(24))
    font = ImageFont.load_default(14)
    for number, (file, caption) in enumerate(pictures):
        row, column = divmod(number, columns)
        left = _MARGIN + column * (_CELL + _MARGIN)
        top = 2 * _MARGIN + _CAPTION + row * (_CELL + _CAPTION + _MARGIN)
        sheet.paste(_cell(file), (left, top))
        draw.multiline_text((left, top + _CELL + 4), caption, _INK, font)
    return sheet


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
