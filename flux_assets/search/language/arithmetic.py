"""Sums of texts and pictures: `"fog" + 0.5 "umbrella" - leash`.

A sign stands between spaces or directly before its word. A weight follows a sign, or begins the
question, and is a number with a point, a number and `*`, or a number before a quotation:
`+ 2 cats` looks for two cats, `+ 2 * cats` for cats twice as much. A negative without a weight
counts half.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flux_assets.search.language.plan import NEGATIVE_WEIGHT
from flux_assets.search.language.tokens import Token

_DECIMAL = re.compile(r"\d*\.\d+")
_WHOLE = re.compile(r"\d+")


class Summand(NamedTuple):
    """A part of a question between signs; `weight_words` is what its weight was read out of."""

    weight: float
    tokens: Sequence[Token]
    weight_words: str


def summands(tokens: Sequence[Token]) -> Iterator[Summand]:
    """The parts of a question in their order."""
    sign, start = 1.0, 0
    for end in range(len(tokens) + 1):
        if end == len(tokens) or tokens[end].kind == "sign":
            if end > start:
                yield _summand(sign, tokens[start:end], signed=start > 0)
            if end < len(tokens):
                sign, start = (-1.0 if tokens[end].text == "-" else 1.0), end + 1


def _summand(sign: float, tokens: Sequence[Token], *, signed: bool) -> Summand:
    weight = _weight(tokens, signed=signed)
    if weight is None:
        return Summand(1.0 if sign > 0 else -NEGATIVE_WEIGHT, tokens, "")
    return Summand(sign * weight, tokens[1:], tokens[0].text)


def _weight(tokens: Sequence[Token], *, signed: bool) -> float | None:
    first, following = tokens[0], tokens[1:2]
    if not following or first.kind not in ("word", "weight"):
        return None
    if first.kind == "weight":
        return float(first.text.rstrip("*× "))
    if following[0].kind == "quote" and (
        _WHOLE.fullmatch(first.text) or _DECIMAL.fullmatch(first.text)
    ):
        return float(first.text)
    return float(first.text) if signed and _DECIMAL.fullmatch(first.text) else None
