"""Circles on the ground: "within 200 m of 39.95,-75.20", "near 40th and Walnut"."""

import re

from flux_assets.search.language.place_names import place_at
from flux_assets.search.language.plan import Area, Facts
from flux_assets.search.language.sentence import Kind, Match, Sentence
from flux_assets.search.language.spoken_numbers import number_at

_METRES = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), 1000.0),
    **dict.fromkeys(("mi", "mile", "miles"), 1609.344),
    **dict.fromkeys(("yd", "yard", "yards"), 0.9144),
    **dict.fromkeys(("ft", "foot", "feet"), 0.3048),
}
_SURE = re.compile(r"^[^,]*\d[^.,]*$|\.\d\d+\s*,.*\.\d\d")
_NEAR = ("near", "near to", "close to", "next to", "around", "by")
_AT = ("at", "in", "from", "on", "of")
_CORNER = ("the corner of", "corner of", "the intersection of", "intersection of")


def read_area(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """A distance from somewhere, a named place, or the surroundings of a city."""
    found = distance_at(sentence, position)
    if found:
        start, radius_m = found
        target = _target(sentence, start, city=True)
        return target and _match(target[0], target[1]._replace(radius_m=radius_m))
    outside = sentence.phrase(position, "outside", "outside of")
    near = sentence.phrase(position, *_NEAR)
    start = outside or near or sentence.skip(position, *_AT)
    target = _target(sentence, start, city=bool(near))
    if target is None:
        return None
    end, area = target
    led = start > position or joined
    # A place of one word, such as `home`, may be meant as a word, and `2.8, 1.4` as a lens.
    alone = sentence.tokens[start].key
    if not led and end == start + 1 and not _SURE.search(alone):
        return None
    if outside:
        return Match(end, f"not {area}", kind=Kind.AREA, changes={"never": Facts(areas=(area,))})
    return _match(end, area)


def area_at(sentence: Sentence, start: int) -> tuple[int, Area] | None:
    """The position behind a named place, and a block about it."""
    start = sentence.skip(start, *_CORNER)
    names = sentence.vocabulary.area_names
    for length in range(max(map(len, names), default=0), 0, -1):
        area = names.get(tuple(sentence.key(start + n) for n in range(length)))
        if area:
            return start + length, area
    return None


def _match(end: int, area: Area) -> Match:
    return Match(end, str(area), Facts(areas=(area,)), Kind.AREA)


def distance_at(sentence: Sentence, position: int) -> tuple[int, float] | None:
    """`within 200 m of`, `within one block of`: the position behind it, and metres."""
    start = sentence.phrase(position, "within")
    found = number_at(sentence, start) if start else None
    if found is None:
        return None
    unit, number = found
    glued = re.fullmatch(r"[\d.]+([a-z]+)", sentence.key(unit - 1))
    word, end = (glued[1], unit) if glued else (sentence.key(unit), unit + 1)
    metres = _METRES | dict.fromkeys(("block", "blocks"), sentence.vocabulary.block_m)
    end = sentence.phrase(end, "of", "from", "around")
    return (end, number * metres[word]) if word in metres and number > 0 and end else None


def _target(sentence: Sentence, start: int, *, city: bool) -> tuple[int, Area] | None:
    """A named place, a position in degrees or, where asked, the surroundings of a city."""
    area = area_at(sentence, start)
    if area:
        return area
    if start < len(sentence) and sentence.tokens[start].kind == "point":
        lat, lon = (float(part) for part in sentence.tokens[start].text.split(","))
        valid = abs(lat) <= 90 and abs(lon) <= 180
        return (start + 1, Area(lat, lon, sentence.vocabulary.block_m)) if valid else None
    place = place_at(sentence, start, led=True) if city else None
    surroundings = place and sentence.vocabulary.surroundings(place[1])
    return (place[0], surroundings) if place and surroundings else None
