"""The letters of an issue's PDF.

DejaVu Sans, as Matplotlib carries it, has Latin, Greek, Cyrillic, Hebrew, Armenian and Georgian,
and is embedded. Chinese, Japanese and Korean are left to the fonts that PDF viewers have for them.
What is in neither (Thai, Devanagari, ...) shows as an empty box, and Arabic is not joined.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

BOOK, BOLD, MONO = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono"
_EAST_ASIAN = {
    "HANGUL": "HYGothic-Medium",
    **dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA"), "HeiseiKakuGo-W5"),
}  # by the first word of a character's Unicode name


class Typeface:
    """Measures and draws text in the fonts that have its characters."""

    def __init__(self) -> None:
        _known(BOOK)

    def width(self, text: str, font: str, size: float) -> float:
        """Points."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        return float(sum(stringWidth(run, name, size) for name, run in self._runs(text, font)))

    def draw(self, canvas: "Canvas", x: float, y: float, text: str, font: str, size: float) -> None:
        """Draw from `x` to the right, on the base line `y`; points."""
        for name, run in self._runs(text, font):
            canvas.setFont(name, size)
            canvas.drawString(x, y, run)
            x += self.width(run, font, size)

    def fitted(self, text: str, font: str, size: float, width: float) -> str:
        """`text`, cut with an ellipsis where it is wider than `width` points."""
        if self.width(text, font, size) <= width:
            return text
        while text and self.width(f"{text}…", font, size) > width:
            text = text[:-1]
        return f"{text.rstrip()}…"

    def _runs(self, text: str, font: str) -> Iterator[tuple[str, str]]:
        """Stretches of text with the font that has them."""
        for name, run in groupby(text, key=lambda char: _font_of(char, font)):
            yield name, "".join(run)


@cache
def _known(font: str) -> frozenset[str]:
    """The characters of one of Matplotlib's fonts; all of them are registered along the way."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = files("matplotlib") / "mpl-data" / "fonts" / "ttf"
    fonts = {name: TTFont(name, str(folder / f"{name}.ttf")) for name in (BOOK, BOLD, MONO)}
    for each in fonts.values():
        pdfmetrics.registerFont(each)
    return frozenset(map(chr, fonts[font].face.charToGlyph))


@cache
def _east_asian(font: str) -> str:
    """Register one of the fonts that PDF viewers bring along; its name."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont(font))
    return font


def _font_of(char: str, font: str) -> str:
    """`font` where it has the character, else an East Asian one where that has."""
    if char in _known(font):
        return font
    name = unicodedata.name(char, "")
    script = next((script for script in _EAST_ASIAN if name.startswith(script)), None)
    return _east_asian(_EAST_ASIAN[script]) if script else font
