"""What is not wanted ("without people", "but not in Rome"), and what is only preferred."""

from flux_assets.search.language.sentence import Sentence
from flux_assets.search.language.tokens import FUNCTION_WORDS, word_set

_PLAIN = (
    *("without", "without any", "with no", "but no", "but without", "but not", "and not"),
    *("except", "except for", "excluding", "minus", "not with", "and no", "and without"),
)
_OPEN = ("not", "no")  # `no parking sign`, `do not enter` are things to see
_PEOPLE = word_set("people person persons man men woman women child children face faces")
_INSIDE = word_set("a an the any of and or")
_PREFER = ("preferably", "ideally", "if possible")


def negated_at(sentence: Sentence, position: int) -> tuple[int, bool] | None:
    """The position behind a negation, and whether it holds for any words that follow."""
    start = sentence.phrase(position, *_PLAIN)
    if start:
        return start, True
    start = sentence.phrase(position, *_OPEN)
    if not start:
        return None
    if sentence.key(position) == "not":
        return start, position > 0 and sentence.pauses(position)
    nouns = {sentence.key(start), sentence.key(start).removesuffix("s")}
    return start, bool(nouns & {*_PEOPLE, *sentence.vocabulary.tags})


def noun_end(sentence: Sentence, start: int) -> int:
    """The position behind the noun phrase that a negation holds for; at `start` there is none."""
    if start < len(sentence) and sentence.tokens[start].kind == "quote":
        return start + 1
    end = start
    while end < len(sentence) and sentence.tokens[end].kind == "word":
        apart = end > start and sentence.pauses(end)
        other = sentence.key(end) in FUNCTION_WORDS - _INSIDE or sentence.recognise(end)
        if apart or (other and end > start):
            break
        end += 1
    while end > start and sentence.key(end - 1) in _INSIDE:
        end -= 1
    return end


def preferred_at(sentence: Sentence, position: int) -> int:
    """The position behind `preferably`, else 0."""
    return sentence.phrase(position, *_PREFER)
