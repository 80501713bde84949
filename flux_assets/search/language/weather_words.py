"""Weather: "umbrellas in fog" prefers hours of fog, "in foggy weather" asks for them.

What was measured at the hour and what the picture shows are two witnesses. So the words stay in
the text, and a mere mention only counts in favour.
"""

from flux_assets.search.language.plan import Facts
from flux_assets.search.language.sentence import Kind, Match, Sentence

_CLOUDS, _RAIN = ("partly cloudy", "overcast"), ("rain", "drizzle")
_WORDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("fog", "foggy", "mist", "misty"), ("fog",)),
    **dict.fromkeys(("rain", "rainy", "raining"), _RAIN),
    **dict.fromkeys(("drizzle", "drizzly", "drizzling"), ("drizzle",)),
    **dict.fromkeys(("snow", "snowy", "snowing", "snowfall"), ("snow",)),
    **dict.fromkeys(("overcast",), ("overcast",)),
    **dict.fromkeys(("cloudy",), _CLOUDS),
    **dict.fromkeys(("sunny",), ("clear",)),
    **dict.fromkeys(("thunderstorm", "thunderstorms", "thunder", "stormy"), ("thunderstorm",)),
}
# Too common for a mention; only "clear weather" means the sky.
_OF_WEATHER = _WORDS | {"clear": ("clear",), "partly cloudy": ("partly cloudy",)}
_DAY = ("weather", "day", "days")
_WHEN = ("when it was", "when it is", "when it's", "while it was", "while it is")


def read_weather(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """A condition or a mention, where the archive knows weather at all."""
    if not sentence.vocabulary.weather:
        return None
    return asked_weather(sentence, position) or _named(sentence, position)


def asked_weather(sentence: Sentence, position: int) -> Match | None:
    """A condition, whether or not the archive knows weather."""
    return _labelled(sentence, position) or _asked(sentence, position)


def labelled_end(sentence: Sentence, position: int) -> int:
    """The position behind `weather:hail`, known or not; 0 where nothing is so labelled."""
    label, _, word = sentence.key(position).partition(":")
    if label != "weather":
        return 0
    if word:
        return position + 1
    return position + 2 if ":" in sentence.tokens[position].after else 0


def _labelled(sentence: Sentence, position: int) -> Match | None:
    """`weather:fog`, `weather: partly cloudy`; the column's own words."""
    if not labelled_end(sentence, position):
        return None
    word, start = sentence.key(position).partition(":")[2], position + 1
    words = [word] if word else []
    for end in (start + 2, start + 1, start):
        said = " ".join([*words, *(sentence.key(n) for n in range(start, end))])
        if said in _OF_WEATHER or said in sentence.vocabulary.weather:
            found = (said,) if said in sentence.vocabulary.weather else _OF_WEATHER[said]
            return _condition(end, found, stays=False)
    return None


def _asked(sentence: Sentence, position: int) -> Match | None:
    """`in foggy weather`, `on a rainy day`, `when it was snowing`, `only in fog`."""
    when = sentence.phrase(position, *_WHEN)
    only = sentence.phrase(position, "only in", "only in the")
    start = when or only or sentence.skip(position, "in", "in the", "on", "on a", "during")
    end = sentence.phrase(start, *_OF_WEATHER)
    if not end:
        return None
    words = sentence.spoken(start, end)
    day = sentence.phrase(end, *_DAY)
    if day and (start > position or sentence.key(end) == "weather"):
        end = day
    elif not (when or only):
        return None
    return _condition(end, _OF_WEATHER[words], stays=True)


def _named(sentence: Sentence, position: int) -> Match | None:
    """`fog` or `in the fog` in passing; a name such as Jon Snow does not mention it."""
    start = sentence.skip(position, "in", "in the")
    found = _WORDS.get(sentence.key(start))
    if found is None:
        return None
    capitals = sentence.capital(start) or sentence.capital(start + 1)
    if sentence.cased and capitals and sentence.tokens[start].text[0].isupper():
        return None
    meaning, facts = f"{' or '.join(found)} preferred", Facts(weather=found)
    return Match(start + 1, meaning, facts, Kind.WEATHER, stays=True, prefers=True)


def _condition(end: int, words: tuple[str, ...], *, stays: bool) -> Match:
    facts = Facts(weather=words)
    return Match(end, f"weather {' or '.join(words)}", facts, Kind.WEATHER, stays)
