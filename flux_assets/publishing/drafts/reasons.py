"""Why each photograph is in a draft, and why where it is, in plain words."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import polars as pl

from flux_assets.publishing.drafts.sequence import REPEAT, rhyme_level
from flux_assets.search.answers.background import Numbers

_STEP = 0.12  # of luminance, 0-1, that is seen at a glance
_NIGHT = (21, 5)  # from, until before


def in_words(rows: pl.DataFrame, alike: Numbers) -> list[str]:
    """A reason for each row, parts parted by `; `.

    Args:
        rows: in the order of the draft: `keeper, keeper_score, theme_cosine` (null without theme)`,
            location_city, location_country, captured_at, median_luminance`.
        alike: likeness `(k, k)` of the rows.
    """
    records = rows.to_dicts()
    rare, level = _rare(records), rhyme_level(alike)
    reasons = []
    for number, record in enumerate(records):
        special = [*rare[number], *_light(records, number), *_neighbours(alike, number, level)]
        reasons.append("; ".join([*_chosen(record), *(special or _usual(records, record))]))
    return reasons


def _chosen(record: dict[str, object]) -> Iterator[str]:
    if record["keeper"]:
        yield "keeper"
    else:
        yield f"keeper score {record['keeper_score']:.2f}"
    if record["theme_cosine"] is not None:
        yield f"theme {record['theme_cosine']:.2f}"


def _rare(records: list[dict[str, object]]) -> list[list[str]]:
    """What only one of them has: a city, a country, a year; else nothing."""
    said: list[list[str]] = [[] for _ in records]
    tellings = (
        ("from", [record["location_city"] for record in records]),
        ("from", [record["location_country"] for record in records]),
        ("of", [f"{record['captured_at']:%Y}" for record in records]),
        ("made", [_at_night(record) for record in records]),
    )
    for word, values in tellings:
        counts = Counter(values)
        for number, value in enumerate(values):
            if value and counts[value] == 1 and len(counts) > 1 and not said[number]:
                said[number].append(f"the only frame {word} {value}")
    return said


def _at_night(record: dict[str, object]) -> str | None:
    hour = int(f"{record['captured_at']:%H}")
    return "at night" if hour >= _NIGHT[0] or hour < _NIGHT[1] else None


def _usual(records: list[dict[str, object]], record: dict[str, object]) -> Iterator[str]:
    """What can be said of a frame that stands out in nothing."""
    place = record["location_city"] or record["location_country"]
    year = f"{record['captured_at']:%Y}"
    of_year = sum(f"{other['captured_at']:%Y}" == year for other in records)
    of_place = sum(
        place in (other["location_city"], other["location_country"]) for other in records
    )
    if place:
        yield f"one of {of_place} from {place}"
    yield f"one of {of_year} of {year}"


def _light(records: list[dict[str, object]], number: int) -> Iterator[str]:
    lights = [record["median_luminance"] for record in records]
    own = lights[number]
    known = [light for light in lights if isinstance(light, float)]
    near = [
        light
        for at in (number - 1, number + 1)
        if 0 <= at < len(lights) and isinstance(light := lights[at], float)
    ]
    if not isinstance(own, float) or not near:
        return
    if own == min(known):
        yield "the darkest"
    elif own == max(known):
        yield "the brightest"
    elif own < min(near) - _STEP:
        yield "darker than its neighbours"
    elif own > max(near) + _STEP:
        yield "brighter than its neighbours"


def _neighbours(alike: Numbers, number: int, level: float) -> Iterator[str]:
    """How it looks beside the frame before it, and within the whole."""
    if number:
        before = alike[number, number - 1]
        if before >= REPEAT:
            yield "takes up the look of the frame before"
        elif before >= level:
            yield "rhymes with the frame before"
        elif before < level / 4:
            yield "a change of look"
    others = np.delete(alike[number], number)
    if len(others) and others.max() < level:
        yield "like none of the others"
