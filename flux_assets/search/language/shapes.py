"""How the answer is laid out: "visual echoes of Rome", "recurring gestures", "over time"."""

from flux_assets.search.language.nearby import area_at
from flux_assets.search.language.place_names import place_at
from flux_assets.search.language.plan import Facts, Shape
from flux_assets.search.language.sentence import Match, Sentence

_ECHOES = ("echoes of", "visual echoes of", "echo of", "visual echo of")
_RECURRING = ("recurring", "recurrent", "recurring motifs", "recurring motifs of", "motifs of")
_EVOLUTION = ("evolution of", "the evolution of", "evolution of my", "the evolution of my")
_OVER_TIME = ("over time", "over the years", "through time", "through the years", "along time")
_EACH_YEAR = ("year by year", "year after year")


def read_shape(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """One of the three structures beside a list."""
    start = sentence.phrase(position, *_ECHOES)
    if start:
        return _echoes(sentence, start)
    end = sentence.phrase(position, *_RECURRING)
    if end:
        return _shape(end, Shape.MOTIFS, "recurring motifs")
    end = sentence.phrase(position, *_EVOLUTION, *_OVER_TIME, *_EACH_YEAR)
    return _shape(end, Shape.EVOLUTION, "evolution over time") if end else None


def _shape(end: int, shape: Shape, meaning: str) -> Match:
    return Match(end, meaning, changes={"shape": shape}, negatable=False)


def _echoes(sentence: Sentence, start: int) -> Match | None:
    """Pictures elsewhere that look like those of a place."""
    place = place_at(sentence, sentence.skip(start, "the"), led=True)
    area = area_at(sentence, start)
    if area:
        end, origin = area[0], Facts(areas=(area[1],))
        name = area[1].called
    elif place:
        end, origin = place[0], Facts(places=(place[1],))
        name = str(place[1])
    else:
        return None
    changes = {"shape": Shape.ECHOES, "origin": origin, "never": origin}
    return Match(end, f"visual echoes of {name}, made elsewhere", changes=changes, negatable=False)
