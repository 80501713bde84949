"""Numbers in figures and words."""

import re

from flux_assets.search.language.sentence import Sentence

_WORDS = {
    **{"a": 1.0, "an": 1.0, "half a": 0.5, "a couple of": 2.0, "a dozen": 12.0},
    **{"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0},
    **{"eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0},
}
_FIGURES = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(?=$|[a-z]+$)")


def number_at(sentence: Sentence, position: int) -> tuple[int, float] | None:
    """The position behind a number, and the number; a unit may be glued to it (`200m`)."""
    figures = _FIGURES.match(sentence.key(position))
    if figures:
        return position + 1, float(figures[1])
    end = sentence.phrase(position, *_WORDS)
    words = sentence.spoken(position, end)
    return (end, _WORDS[words]) if end else None
