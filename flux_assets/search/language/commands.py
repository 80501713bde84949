"""What a question begins with before it asks for anything: "show me all photographs where"."""

from flux_assets.search.language.sentence import Sentence
from flux_assets.search.language.wishes import PICTURES

_ASK = (
    *("show me", "show us", "please show me", "find", "find me", "please find", "search for"),
    *("search", "look for", "give me", "get me", "list all", "i want to see", "let me see"),
)
_ALL = ("all", "all of", "all the", "all my", "any", "every", "every one of", "the", "my")
_OF = ("of", "with", "where", "in which", "on which", "that show", "showing", "which show")
_MADE = ("that were made", "that were taken", "made", "taken", "shot", "i made", "i took")
_PLURALS = ("people", "men", "women", "children")


def command_end(sentence: Sentence) -> int:
    """The position of the first word that says what is looked for."""
    asked = sentence.phrase(0, *_ASK) or _show(sentence)
    start = asked or sentence.phrase(0, "please")
    every = 0 if sentence.recognise(start) else sentence.phrase(start, *_ALL)
    if every and (asked or sentence.key(start) in ("all", "any", "every")):
        start = every
    if sentence.recognise(start):
        return start
    pictures = sentence.phrase(start, *PICTURES)
    if not pictures:
        return start
    made = sentence.skip(pictures, *_MADE)
    if made >= len(sentence) or sentence.pauses(made) or sentence.recognise(made):
        return made
    return sentence.phrase(pictures, *_OF) or start


def _show(sentence: Sentence) -> int:
    """`show umbrellas` asks; `show jumping` and `show window` are things to see."""
    if sentence.key(0) != "show":
        return 0
    following = sentence.key(1)
    many = following.endswith("s") or following in _PLURALS
    asks = many or sentence.phrase(1, *_ALL, *PICTURES) or sentence.recognise(1)
    return 1 if asks else 0
