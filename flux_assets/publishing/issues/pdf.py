"""The PDF of an issue: 43 pages, the same bytes for the same issue.

Six pages of front matter (cover, title, contact sheet, map of places, time line, colophon), the
36 frames, and the manifest on page 43.
"""

import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path

from flux_assets.publishing.issues.edition import Edition
from flux_assets.publishing.issues.front_matter import (
    draw_colophon,
    draw_contact_sheet,
    draw_cover,
    draw_title,
)
from flux_assets.publishing.issues.map_page import draw_map
from flux_assets.publishing.issues.plates import draw_manifest, draw_plate
from flux_assets.publishing.issues.prints import Original, make_print
from flux_assets.publishing.issues.sheet import HEIGHT, WIDTH, Sheet
from flux_assets.publishing.issues.time_page import draw_time_line
from flux_assets.publishing.issues.typeface import BOOK, Typeface
from flux_resources.files import atomic_file
from flux_resources.paths import Paths

LAYOUT_VERSION = "1"  # of the pages; a new one makes every PDF anew


def pdf_file(paths: Paths, issue_id: str) -> Path:
    """FLUX_ISSUES/FLUX_019/FLUX_019.pdf."""
    return paths.issues / issue_id / f"{issue_id}.pdf"


def fingerprint_of(edition: Edition) -> str:
    """Digest of everything the PDF is made from; the manifest stands for the pictures."""
    parts = [LAYOUT_VERSION, edition.photographer, edition.cameras, edition.manifest]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def write_pdf(file: Path, edition: Edition, originals: Sequence[Original]) -> int:
    """Make the PDF and swap it into place; its size in bytes.

    One original is decoded at a time; the JPEG files of all 36 are held until the end.

    Raises:
        IssueRefused: an original is gone, changed, or cannot be decoded; the last PDF stays.
    """
    content = _document(edition, originals)
    with atomic_file(file) as temporary:
        temporary.write_bytes(content)
    return len(content)


def _document(edition: Edition, originals: Sequence[Original]) -> bytes:
    from reportlab import rl_config
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0  # pictures as they are, not as text that is a quarter longer
    prints = [make_print(original) for original in originals]
    out = io.BytesIO()
    typeface = Typeface()
    canvas = Canvas(
        out,
        (WIDTH, HEIGHT),
        invariant=1,
        pageCompression=1,
        initialFontName=BOOK,  # type: ignore[arg-type]  # its stubs say a number
    )
    canvas.setTitle(f"FLUX {edition.number}")
    canvas.setAuthor(edition.photographer)
    canvas.setSubject(f"{edition.manifest['issue_id']}, {edition.period}")
    canvas.setCreator("FLUX")
    sheet = Sheet(canvas, typeface)
    draw_cover(sheet, edition)
    draw_title(sheet, edition)
    draw_contact_sheet(sheet, prints)
    draw_map(sheet, edition)
    draw_time_line(sheet, edition)
    draw_colophon(sheet, edition)
    for frame, picture in zip(edition.frames, prints, strict=True):
        draw_plate(sheet, frame, picture)
    draw_manifest(sheet, edition)
    canvas.save()
    return out.getvalue()
