"""Pages 7 to 43 of an issue: the frames, one to a page, and the manifest."""

from datetime import datetime
from typing import Any

from flux_assets.publishing.issues.edition import Edition, day_of, place_of
from flux_assets.publishing.issues.prints import BOX, CAPTION, Print
from flux_assets.publishing.issues.sheet import GREY, HEIGHT, MARGIN, TEXT_WIDTH, WIDTH, Sheet
from flux_assets.publishing.issues.typeface import BOLD, MONO

_ROWS = 18  # of the manifest, in two columns
_GAP = 24.0


def draw_plate(sheet: Sheet, frame: dict[str, Any], picture: Print) -> None:
    """One photograph, in the middle of its page, and a line below it."""
    width, height = picture.size
    bottom = MARGIN + CAPTION + (BOX[1] - height) / 2
    sheet.picture(picture.jpeg, (WIDTH - width) / 2, bottom, width, height)
    moment = datetime.fromisoformat(frame["captured_at"])
    when = f"{day_of(moment)}, {moment:%H:%M}"
    sheet.text(MARGIN, MARGIN - 2, f"{frame['position']}", size=8, font=BOLD)
    sheet.text(WIDTH / 2, MARGIN - 2, place_of(frame), size=8, align="middle", width=360)
    sheet.text(WIDTH - MARGIN, MARGIN - 2, when, size=8, align="right", grey=GREY)
    sheet.finish()


def draw_manifest(sheet: Sheet, edition: Edition) -> None:
    """manifest.json in two columns: each frame with its name, its moment, its place, its proof."""
    manifest = edition.manifest
    sheet.heading(f"Manifest of {manifest['issue_id']}")
    stamp = f"{manifest['frame_count']} frames, generated {manifest['generated_at']}"
    sheet.text(WIDTH - MARGIN, HEIGHT - MARGIN - 11, stamp, size=7, align="right", grey=GREY)
    wide = (TEXT_WIDTH - _GAP) / 2
    top = HEIGHT - MARGIN - 32
    step = (top - MARGIN + 14) / _ROWS
    for index, frame in enumerate(edition.frames):
        column, row = divmod(index, _ROWS)
        x, y = MARGIN + column * (wide + _GAP), top - row * step
        sheet.text(x, y, f"{frame['position']:02}", size=6.5, font=BOLD)
        sheet.text(x + 20, y, frame["filename"], size=6.5, font=BOLD, width=wide - 20)
        sheet.text(x + 20, y - 8, _facts(frame), size=6, width=wide - 20)
        sheet.text(x + 20, y - 15.5, frame["sha256"], size=5.6, font=MONO, grey=GREY)
    sheet.finish()


def _facts(frame: dict[str, Any]) -> str:
    known = frame["lat"] is not None and frame["lon"] is not None
    where = f"{frame['lat']:.5f}, {frame['lon']:.5f}" if known else ""
    return " · ".join(filter(None, (frame["captured_at"], place_of(frame), where)))
