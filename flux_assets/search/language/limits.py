"""How many photographs, and how good: "top 10", "the best 12 photos", "score above 0.3"."""

import re

from flux_assets.search.language.sentence import Match, Sentence
from flux_assets.search.language.spoken_numbers import number_at
from flux_assets.search.language.wishes import ASKING, PICTURES


def read_limit(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """`top 10`, `the best 12`, `20 best`, `limit 24`; `5 photos` where they are asked for."""
    start = sentence.skip(position, "the", "my")
    first = sentence.phrase(start, "top", "best", "limit")
    found = number_at(sentence, first or start)
    if (
        found is None
        or not found[1].is_integer()
        or found[1] < 1
        or _is_article(sentence, found[0])
    ):
        return None
    end, number = found[0], int(found[1])
    best = sentence.phrase(end, "best")
    pictures = sentence.phrase(best or end, *PICTURES)
    asked = position > 0 and sentence.key(position - 1) in ASKING and pictures
    if not (first or best or asked):
        return None
    end = sentence.skip(pictures or best or end, "of")
    return Match(end, f"the best {number}", changes={"limit": number}, negatable=False)


def _is_article(sentence: Sentence, end: int) -> bool:
    """Whether the number before a position is `a`: "the best a man can get"."""
    return sentence.key(end - 1) in ("a", "an")


def read_score(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """`with a score of at least 0.3`, `score above 0.25`, `min score 0.3`."""
    start = sentence.skip(position, "with a", "with", "a")
    start = sentence.phrase(start, "score", "scores", "min score", "minimum score")
    start = start and sentence.skip(start, "of", "of at least", "at least", "above", "over")
    found = re.fullmatch(r"\d*\.\d+|[01]", sentence.key(start)) if start else None
    if not found:
        return None
    score = float(found[0])
    changes = {"min_score": score}
    return Match(start + 1, f"score of {score:g} at least", changes=changes, negatable=False)
