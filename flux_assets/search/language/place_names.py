"""Cities and countries of the archive: "in Rome", "Rome, Italy", "outside Paris".

A name that is also an ordinary word (Nice, Reading, China) is read only where a capital within
the sentence, or a preposition before and no noun behind it, make it plain.
"""

from flux_assets.search.language.plan import Facts, Place
from flux_assets.search.language.sentence import Kind, Match, Sentence
from flux_assets.search.language.tokens import ordinary_words

_PREPOSITIONS = (
    *("in", "in the", "in the city of", "from", "from the", "inside", "around", "across", "of"),
    *("at", "through", "throughout", "to"),
)
_TELLING = frozenset({"in", "from", "inside", "around", "throughout"})  # of a name in lower case
_OUTSIDE = ("outside", "outside of", "elsewhere than", "elsewhere than in", "anywhere but")


def read_place(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """A city or a country, with the preposition before it and its country behind it."""
    outside = sentence.phrase(position, *_OUTSIDE)
    start = outside or sentence.skip(position, *_PREPOSITIONS)
    found = place_at(sentence, start, led=start > position or joined)
    if found is None:
        return None
    end, place = found
    facts = Facts(places=(place,))
    if outside:
        never = {"never": facts}
        return Match(end, f"not in {place}", kind=Kind.PLACE, changes=never, negatable=False)
    return Match(end, f"in {place}", facts, Kind.PLACE)


def place_at(sentence: Sentence, start: int, *, led: bool) -> tuple[int, Place] | None:
    """The position behind the longest name that stands here, and its place.

    `led` says that it follows a preposition.
    """
    names = sentence.vocabulary.place_names
    for length in range(sentence.vocabulary.longest_name, 0, -1):
        end = start + length
        place = names.get(tuple(sentence.key(n) for n in range(start, end)))
        if place and _is_whole(sentence, start, end) and _is_plain(sentence, start, end, led):
            return _with_country(sentence, end, place)
    return None


def _is_whole(sentence: Sentence, start: int, end: int) -> bool:
    """Whether no comma breaks a name."""
    return not any("," in sentence.tokens[n].after for n in range(start, end - 1))


def _is_plain(sentence: Sentence, start: int, end: int, led: bool) -> bool:
    words = [sentence.key(n) for n in range(start, end)]
    if not ordinary_words().issuperset(words):
        return True
    if not led:
        return sentence.named(start, end)
    if sentence.capital(start):
        return not sentence.capital(end) or sentence.recognise(end) is not None
    pictured = sentence.vocabulary.tags | {"us"}
    telling = sentence.key(start - 1) in _TELLING
    return telling and " ".join(words) not in pictured and sentence.ends(end)


def _with_country(sentence: Sentence, end: int, place: Place) -> tuple[int, Place]:
    """`Rome, Italy` is one place, where the archive has a Rome in Italy."""
    names = sentence.vocabulary.place_names
    for length in (3, 2, 1):
        found = names.get(tuple(sentence.key(end + n) for n in range(length)))
        country = found.country if found and found.city is None else None
        if place.city and country and sentence.vocabulary.has_city(place.city, country):
            return end + length, Place(place.city, country)
    return end, place
