"""The paper of an issue: US Letter, landscape, black on white. Lengths are points."""

import io
from typing import TYPE_CHECKING, Any, Literal

from flux_assets.publishing.issues.typeface import BOLD, BOOK, Typeface

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 792.0, 612.0
MARGIN = 43.0
TEXT_WIDTH = WIDTH - 2 * MARGIN
GREY, HAIR = 0.45, 0.4  # of secondary text; width of a fine line

Align = Literal["left", "middle", "right"]


class Sheet:
    """Draws on the pages of one document."""

    def __init__(self, canvas: "Canvas", typeface: Typeface) -> None:
        self.canvas = canvas
        self.typeface = typeface

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        font: str = BOOK,
        grey: float = 0,
        align: Align = "left",
        width: float = TEXT_WIDTH,
    ) -> None:
        """One line of text on the base line `y`, cut where it is wider than `width`."""
        text = self.typeface.fitted(text, font, size, width)
        wide = self.typeface.width(text, font, size)
        x -= {"left": 0, "middle": wide / 2, "right": wide}[align]
        self.canvas.setFillGray(grey)
        self.typeface.draw(self.canvas, x, y, text, font, size)

    def heading(self, text: str) -> None:
        """The name of a page of front matter, with a line below it."""
        self.text(MARGIN, HEIGHT - MARGIN - 11, text, size=11, font=BOLD)
        self.rule(HEIGHT - MARGIN - 20)

    def rule(self, y: float, *, left: float = MARGIN, right: float = WIDTH - MARGIN) -> None:
        self.canvas.setStrokeGray(0)
        self.canvas.setLineWidth(HAIR)
        self.canvas.line(left, y, right, y)

    def picture(self, jpeg: bytes, left: float, bottom: float, width: float, height: float) -> None:
        """A JPEG file, embedded as it is."""
        from reportlab.lib.utils import ImageReader

        reader: Any = ImageReader(io.BytesIO(jpeg))
        # ReportLab names a picture by a digest of its pixels, for which it would decode them all
        # and keep them for long; the file tells pictures apart as well.
        reader._data, reader._dataA = jpeg, None
        self.canvas.drawImage(reader, left, bottom, width, height)

    def finish(self) -> None:
        """End the page."""
        self.canvas.showPage()
