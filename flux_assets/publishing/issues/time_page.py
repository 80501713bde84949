"""Page 5 of an issue: when its frames were taken, by date and by hour of the day."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flux_assets.publishing.issues.edition import Edition, day_of
from flux_assets.publishing.issues.sheet import (
    GREY,
    HAIR,
    HEIGHT,
    MARGIN,
    TEXT_WIDTH,
    Align,
    Sheet,
)
from flux_assets.publishing.issues.typeface import BOOK

_TICK, _ROW, _SIZE = 9.0, 9.5, 6.5
_ROOM = 170.0  # above a line, for numbers
_DATES, _HOURS = HEIGHT * 0.53, MARGIN + 30  # base lines of the two
_DAY = timedelta(days=1)
_MOST_MARKS = 14
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
_DAY_STEPS = (1, 2, 7, 14)


def draw_time_line(sheet: Sheet, edition: Edition) -> None:
    """A line of dates and a line of hours; each frame is a tick with its number."""
    sheet.heading("Time line")
    moments = edition.moments
    first = datetime.combine(min(moments).date(), datetime.min.time())
    last = datetime.combine(max(moments).date(), datetime.min.time()) + _DAY
    sheet.text(MARGIN, HEIGHT - MARGIN - 36, "By date", size=8, grey=GREY)
    _draw_line(sheet, _DATES, [(moment - first) / (last - first) for moment in moments])
    marks = _marks(first, last)
    for mark, label in marks:
        _draw_mark(sheet, _DATES, (mark - first) / (last - first), label)
    if not marks:
        _draw_mark(sheet, _DATES, 0, day_of(first))
    midnight = datetime.min.time()
    hours = [(each - datetime.combine(each.date(), midnight)) / _DAY for each in moments]
    sheet.text(MARGIN, _DATES - 46, "By hour of the day", size=8, grey=GREY)
    _draw_line(sheet, _HOURS, hours)
    for hour in range(0, 25, 3):
        _draw_mark(sheet, _HOURS, hour / 24, f"{hour:02}:00")
    sheet.finish()


def _draw_line(sheet: Sheet, base: float, shares: Sequence[float]) -> None:
    """A line with a tick at each share of its length; numbers rise where they would meet."""
    sheet.rule(base)
    placed: list[tuple[float, int, str]] = []  # where, in which row, which number
    ends: list[float] = []  # of the numbers in each row, from the lowest
    for share, number in sorted((share, index + 1) for index, share in enumerate(shares)):
        x = MARGIN + share * TEXT_WIDTH
        wide = sheet.typeface.width(str(number), BOOK, _SIZE) + 3
        row = next((row for row, end in enumerate(ends) if end <= x - wide / 2), len(ends))
        ends[row : row + 1] = [x + wide / 2]
        placed.append((x, row, str(number)))
    step = min(_ROW, _ROOM / len(ends))
    for x, row, text in placed:
        sheet.canvas.setStrokeGray(0)
        sheet.canvas.setLineWidth(0.8)
        sheet.canvas.line(x, base, x, base + _TICK)
        height = base + _TICK + 3 + row * step
        sheet.text(x, height, text, size=min(_SIZE, 0.8 * step), align="middle")


def _draw_mark(sheet: Sheet, base: float, share: float, label: str) -> None:
    x = MARGIN + share * TEXT_WIDTH
    sheet.canvas.setStrokeGray(0)
    sheet.canvas.setLineWidth(HAIR)
    sheet.canvas.line(x, base, x, base - 4)
    align: Align = "left" if share < 0.03 else "right" if share > 0.97 else "middle"
    sheet.text(x, base - 14, label, size=7, grey=GREY, align=align)


def _marks(first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    """Round dates between two days, about a dozen: days, months or years."""
    days = (last - first).days
    for step in _DAY_STEPS:
        if days / step <= _MOST_MARKS:
            found = [first + n * _DAY for n in range(0, days, step)]
            return [(mark, _day_label(mark, first)) for mark in found]
    count = range(first.year * 12, last.year * 12 + 12)
    months = [first.replace(year=n // 12, month=n % 12 + 1, day=1) for n in count]
    inside = [month for month in months if first <= month <= last]
    for step in _MONTH_STEPS:
        chosen = [month for month in inside if (month.year * 12 + month.month - 1) % step == 0]
        if len(chosen) <= _MOST_MARKS:
            return [(mark, f"{mark:%Y}" if step >= 12 else f"{mark:%b %Y}") for mark in chosen]
    return []


def _day_label(mark: datetime, first: datetime) -> str:
    """The first mark and those of January name the year."""
    year = f" {mark.year}" if mark == first or mark.month == 1 < first.month else ""
    return f"{mark.day} {mark:%b}{year}"
