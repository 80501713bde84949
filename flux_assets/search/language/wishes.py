"""Keepers, cameras and tags: what people and cameras said of photographs."""

import re

from flux_assets.search.language.plan import Facts
from flux_assets.search.language.sentence import Kind, Match, Sentence
from flux_assets.search.language.tokens import FUNCTION_WORDS, plain, word_set
from flux_assets.search.language.vocabulary import compact

PICTURES = word_set(
    "photo photos photograph photographs picture pictures image images frame frames results hits"
)
_WITH = (
    *("with", "with the", "with a", "with my", "on the", "on a", "on my", "by the", "using"),
    *("using the", "using a", "using my", "from the", "from my", "the", "my"),
)
_MADE = ("shot", "taken", "made", "photographed", "")
_TAKEN_WITH = tuple(f"{made} {way}" for made in _MADE for way in _WITH)
ASKING = word_set("all best every find get list me my no only search see show the")


def read_keepers(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """`keepers`, `keepers only`, `non-keepers`; but not `zoo keepers` or `a keeper`."""
    start = sentence.skip(position, "my", "the", "all", "only", "that are", "which are")
    if sentence.key(start) in ("non-keepers", "nonkeepers"):
        return Match(start + 1, "no keepers", changes={"keeper": False}, negatable=False)
    before = sentence.key(start - 1)
    alone = start == 0 or sentence.pauses(start) or before in FUNCTION_WORDS | ASKING
    alone = alone or before.isdigit() or (before,) in sentence.vocabulary.place_names
    if sentence.key(start) != "keepers" or not alone:
        return None
    return Match(sentence.skip(start + 1, "only"), "keepers only", changes={"keeper": True})


def read_camera(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """`with the GR IIIx`, `GR3x`; models are those of the archive."""
    start = sentence.phrase(position, *_TAKEN_WITH)
    led, start = bool(start) or joined, start or position
    start = sentence.skip(start, *map(_spoken, sentence.vocabulary.makes))
    models = sentence.vocabulary.camera_names
    for end in range(min(start + 5, len(sentence)), start, -1):
        words = [sentence.key(n) for n in range(start, end)]
        model = models.get(compact("".join(words))) if all(words) else None
        # A model such as `GR` or `One` could be a word.
        sure = len(words) > 1 or re.search(r"\d", words[0]) or sentence.tokens[start].text.isupper()
        if model and (sure or (led and sentence.ends(end))):
            return Match(end, f"camera {model}", Facts(cameras=(model,)), Kind.CAMERA)
    return None


def read_tag(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """`tagged umbrella`, `tag:umbrella`, `#umbrella`: the tag is required."""
    key = sentence.key(position)
    glued = re.fullmatch(r"(?:tag:|#)(.+)", key)
    if glued:
        return _tag(position + 1, glued[1])
    start = sentence.phrase(position, "tagged", "tagged with", "tagged as")
    if key == "tag" and ":" in sentence.tokens[position].after:
        start = position + 1
    if not start and joined and sentence.key(position - 1) != "or":  # all tags are required
        known = sentence.phrase(position, *sentence.vocabulary.tags)
        return _tag(known, sentence.spoken(position, known)) if known else None
    if not start or start >= len(sentence):
        return None
    if sentence.tokens[start].kind == "quote":
        return _tag(start + 1, sentence.tokens[start].text)
    end = sentence.phrase(start, *sentence.vocabulary.tags) or start + 1
    return _tag(end, sentence.spoken(start, end)) if sentence.key(start) else None


def _tag(end: int, name: str) -> Match:
    return Match(end, f"tagged {name}", Facts(tags=(name,)), Kind.TAG)


def _spoken(name: str) -> str:
    return " ".join(plain(word) for word in name.split())
