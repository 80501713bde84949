"""Words, quotations and signs of a question, and what they are compared by."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<quote>"[^"]*"|“[^”]*”|«[^»]*»)
    | (?P<point>(?<![\w.])[-+]?\d{1,2}\.\d+\s*,\s*[-+]?\d{1,3}\.\d+(?![\w.]))
    | (?P<weight>(?<![\w.])\d+(?:\.\d+)?\s*[*×])
    | (?P<word>[^\s"“”«»,;!?()\[\]{}…*×]+)
    """,
    re.VERBOSE,
)
_SIGN = re.compile(r"[-+−](?=$|[^-+−\d]|\d+\.\d)")  # `-`, `-leash`, `-0.5`; not `-5`, not `--`
_DASHES = ("-", "−", "–", "—")
_YEAR = re.compile(r"(?:19|20)\d\d")


def word_set(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


FUNCTION_WORDS = word_set(
    """
    a about above across after against all along also an and are around as at be been before behind
    below beneath beside between beyond but by did do does during each every except excluding for
    from had has have in inside into is made my near not of off on only onto or our out outside over
    past photographed shot showing since so taken that the their then there these they this those
    through throughout to toward towards under until up upon was were when where which while who
    with within without
    """
)


class Token(NamedTuple):
    """`text` is what was written, of a quotation what stands in it; `key` what it is compared by.

    `kind` is word, quote, point, weight or sign. `after` is the punctuation behind it.
    """

    kind: str
    text: str
    key: str
    start: int
    end: int
    after: str = ""


def tokenize(text: str) -> list[Token]:
    """The tokens of a question; a dash between two years is the word `to`."""
    tokens = [token for match in _TOKEN.finditer(text) for token in _tokens(match, text)]
    for n, (before, dash, after) in enumerate(zip(tokens, tokens[1:], tokens[2:], strict=False)):
        if dash.text in _DASHES and _YEAR.fullmatch(before.text) and _YEAR.fullmatch(after.text):
            tokens[n + 1] = dash._replace(kind="word", key="to")
    spoken = [token for token in tokens if token.kind != "word" or token.key]
    following = [*(token.start for token in spoken), len(text)][1:]
    return [
        token._replace(after=text[token.end : end].strip())
        for token, end in zip(spoken, following, strict=False)
    ]


def plain(word: str) -> str:
    """A word without case, accents and possessive.

    >>> plain("Zürich’s"), plain("&")
    ('zurich', 'and')
    """
    letters = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return "and" if bare == "&" else bare.removesuffix("'s")


def keys(name: str) -> tuple[str, ...]:
    """What the words of a name are compared by."""
    return tuple(token.key for token in tokenize(name) if token.kind == "word")


def is_cased(tokens: Sequence[Token]) -> bool:
    """Whether capitals tell something: some word of substance has none."""
    return any(
        token.kind == "word" and token.text[0].islower() and token.key not in FUNCTION_WORDS
        for token in tokens
    )


@cache
def ordinary_words() -> frozenset[str]:
    """Words that places are named by, and that mean something else most of the time."""
    text = Path(__file__).with_name("ordinary_words.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return word_set(" ".join(lines))


def _tokens(match: re.Match[str], text: str) -> list[Token]:
    kind, start, end = str(match.lastgroup), match.start(), match.end()
    if kind == "quote":
        return [Token(kind, match[0][1:-1].strip(), "", start, end)]
    if kind != "word":
        return [Token(kind, match[0], match[0], start, end)]
    found = []
    begins = start == 0 or text[start - 1].isspace() or text[start - 1] in '"”»'
    weighs = match[0][1:].isdigit() and text[end : end + 1] in ("*", "×")
    if begins and (_SIGN.match(match[0]) or weighs):
        found.append(Token("sign", "+" if match[0][0] == "+" else "-", "", start, start + 1))
        start += 1
    word = re.sub(r"^(?!\.\d)['’:.]+", "", text[start:end])
    start = end - len(word)
    word = word.rstrip(".:'’")
    if word:
        key = plain(word) if word == "&" or re.search(r"\w", word) else ""
        found.append(Token("word", word, key, start, start + len(word)))
    return found
