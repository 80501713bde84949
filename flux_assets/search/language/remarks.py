"""What a question says in a form that is clear, with a value that is not: `before 2023-02-30`.

Such words stay text for the model; a remark names them, and what can be written instead.
"""

import re
from collections.abc import Callable, Iterator

from flux_assets.search.language.nearby import distance_at
from flux_assets.search.language.periods import DECADE, impossible_day
from flux_assets.search.language.sentence import Sentence
from flux_assets.search.language.tokens import FUNCTION_WORDS
from flux_assets.search.language.weather_words import asked_weather, labelled_end
from flux_assets.search.language.words import Words

_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_BEFORE_CLOCK = ("at", "around", "about", "after", "before", "until", "since", "between", "from")
_Remark = tuple[int, str]  # the position behind its words, and what is said of them


def remarks_on(sentence: Sentence, words: Words) -> Iterator[str]:
    """One remark for each such form of which a word stays text."""
    unread, position = set(words.unread()), 0
    while position < len(sentence):
        found = next((said for read in _READERS if (said := read(sentence, position))), None)
        end, what = found or (position + 1, "")
        if found and not unread.isdisjoint(range(position, end)):
            yield f"“{words.written(position, end)}” {what}"
        position = end


def _day(sentence: Sentence, position: int) -> _Remark | None:
    end = impossible_day(sentence, position)
    return (end, "is in no calendar: write a day such as 2022-01-15") if end else None


def _decade(sentence: Sentence, position: int) -> _Remark | None:
    """`cars from the 1950s`, `early 2020s`."""
    decade = sentence.key(position)
    if not DECADE.fullmatch(decade) or not sentence.ends(position + 1):
        return None
    return position + 1, f"is looked for in the pictures: write “in the {decade}” for their time"


def _clock(sentence: Sentence, position: int) -> _Remark | None:
    """`25:00` behind `at`."""
    found = _CLOCK.fullmatch(sentence.key(position))
    if found is None or sentence.key(position - 1) not in _BEFORE_CLOCK:
        return None
    if int(found[1]) < 24 and int(found[2]) < 60:
        return None
    return position + 1, "is no time of day: write one such as 17:30"


def _distance(sentence: Sentence, position: int) -> _Remark | None:
    """`within 200 m of` what is no place."""
    found = distance_at(sentence, position)
    if found is None:
        return None
    return found[0], "needs a place that the archive knows, or degrees such as 39.95,-75.20"


def _weather(sentence: Sentence, position: int) -> _Remark | None:
    """A condition where no photograph has weather, or a word that is none."""
    known, labelled = sentence.vocabulary.weather, labelled_end(sentence, position)
    asked = asked_weather(sentence, position)
    end = min(asked.end if asked else labelled, len(sentence))
    if end and not known:
        return end, (
            "is looked for in the pictures alone, as no photograph has weather: "
            "set weather.enabled, and run flux materialize"
        )
    if labelled and not asked:
        return end, f"is no weather of the archive: write one of {', '.join(sorted(known))}"
    return None


def _picture(sentence: Sentence, position: int) -> _Remark | None:
    """`similar to` one word, or `like` one that can only be a name."""
    similar = sentence.phrase(position, "similar to", "dissimilar to")
    start = similar or sentence.phrase(position, "like", "unlike")
    name = sentence.key(start) if start else ""
    alone = similar and name not in FUNCTION_WORDS and sentence.ends(start + 1)
    if not name or not (alone or "_" in name) or sentence.recognise(start):
        return None
    return start + 1, "names no photograph of the archive: write a photo_id or a picture file"


_READERS: tuple[Callable[[Sentence, int], _Remark | None], ...] = (
    *(_day, _decade, _clock, _distance, _weather, _picture),
)
