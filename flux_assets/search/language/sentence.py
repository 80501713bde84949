"""A question between two operators, and the way readers look at it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flux_assets.search.language.plan import NO_FACTS, Facts
from flux_assets.search.language.tokens import FUNCTION_WORDS, Token
from flux_assets.search.language.vocabulary import Vocabulary

_PAUSE = re.compile(r"[^\s*×]")
_ARTICLES = ("a", "an", "the", "this", "that", "my", "his", "her", "their")


@lru_cache(maxsize=1024)
def _by_first_word(phrases: tuple[str, ...]) -> dict[str, list[list[str]]]:
    """What follows the first words of phrases, the longest first."""
    found: dict[str, list[list[str]]] = {}
    for first, *rest in sorted((phrase.split() for phrase in phrases), key=len, reverse=True):
        found.setdefault(first, []).append(rest)
    return found


class Kind(StrEnum):
    """What a match speaks of; "and" joins two of a kind."""

    TIME = "time"
    HOURS = "hours"
    WEEKDAY = "weekday"
    PLACE = "place"
    AREA = "area"
    WEATHER = "weather"
    TAG = "tag"
    CAMERA = "camera"
    OTHER = "other"


@dataclass(frozen=True)
class Match:
    """What was read out of the tokens up to `end`.

    Attributes:
        stays: its words stay in the text for the model as well.
        prefers: its facts are a wish rather than a condition.
        negatable: "not" before it makes sense.
        changes: further fields of the plan.
        example: a picture that it names, and its weight.
    """

    end: int
    meaning: str = ""
    facts: Facts = NO_FACTS
    kind: Kind = Kind.OTHER
    stays: bool = False
    prefers: bool = False
    negatable: bool = True
    changes: dict[str, Any] = field(default_factory=dict)
    example: tuple[str, float] | None = None


Reader = Callable[["Sentence", int, bool], Match | None]
"""Reads at a position; told whether "and" joins it to a match of its kind."""


@dataclass(frozen=True)
class Sentence:
    """Tokens between two operators, and who reads them.

    Attributes:
        first: it begins the question.
        cased: capitals in the question tell names from other words.
        south: it speaks of places south of the equator; None where that is open.
    """

    tokens: Sequence[Token]
    vocabulary: Vocabulary
    readers: Sequence[tuple[Kind, Reader]]
    first: bool
    cased: bool
    south: bool | None
    _known: dict[tuple[int, Kind | None], Match | None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tokens)

    def key(self, position: int) -> str:
        """The key of a word; nothing outside, and for what is quoted."""
        if not 0 <= position < len(self.tokens):
            return ""
        token = self.tokens[position]
        return token.key if token.kind == "word" else ""

    def spoken(self, start: int, end: int) -> str:
        """The keys of some words."""
        return " ".join(self.key(position) for position in range(start, end))

    def phrase(self, position: int, *phrases: str) -> int:
        """The position behind the longest of some phrases that stands here, else 0."""
        for rest in _by_first_word(phrases).get(self.key(position), ()):
            if all(self.key(position + n) == word for n, word in enumerate(rest, 1)):
                return position + 1 + len(rest)
        return 0

    def skip(self, position: int, *phrases: str) -> int:
        """The position behind a phrase that may stand here."""
        return self.phrase(position, *phrases) or position

    def pauses(self, position: int) -> bool:
        """Whether punctuation stands before a position, or nothing from it on."""
        return position >= len(self.tokens) or bool(
            position and _PAUSE.search(self.tokens[position - 1].after)
        )

    def ends(self, position: int) -> bool:
        """Whether a phrase that ends before a position is complete: no noun follows it."""
        return (
            self.pauses(position)
            or self.tokens[position].kind != "word"
            or self.key(position) in FUNCTION_WORDS
            or self.recognise(position) is not None
        )

    def capital(self, position: int) -> bool:
        """Whether a word has a capital that it does not owe to the beginning of a sentence."""
        begins = (self.first and position == 0) or (
            position > 0 and bool(re.search(r"[.!?]", self.tokens[position - 1].after))
        )
        return bool(self.key(position)) and not begins and self.tokens[position].text[0].isupper()

    def named(self, start: int, end: int) -> bool:
        """Whether words without a preposition are a name by their capitals, and all of it."""
        before = self.tokens[start - 1].text if self.key(start - 1) else ""
        alone = not (self.capital(end) or before[:1].isupper() or before.endswith(("'s", "’s")))
        return self.cased and alone and before not in _ARTICLES and self.capital(start)

    def recognise(self, position: int, joined: Kind | None = None) -> Match | None:
        """The longest match here. `joined` is the kind of the one that "and" ties to it."""
        asked = (position, joined)
        if asked not in self._known:
            matches = [read(self, position, kind is joined) for kind, read in self.readers]
            found = [match for match in matches if match]
            self._known[asked] = max(found, key=lambda match: match.end) if found else None
        return self._known[asked]
