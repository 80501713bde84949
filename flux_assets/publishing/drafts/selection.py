"""Chooses by maximal marginal relevance (Carbonell and Goldstein 1998).

One after the other, the candidate of highest gain is chosen:

    gain = w1 relevance - w2 look - w3 places - w4 light - w5 time

`look` is the similarity to the most similar one chosen so far; the other three are crowding: which
share of those chosen so far lies where, in what light and when the candidate does. What looks too
much like a chosen one is never chosen. Each step compares all candidates with one vector.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from flux_assets.search.answers.background import Numbers
from flux_resources.settings_sections import DraftSettings, DraftWeights
from flux_resources.vectors import Vectors

Indices = np.ndarray[Any, np.dtype[np.int64]]

_LUMINANCE, _HOURS = 0.15, 2.0  # differences at which light has become another: 0-1, hours
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Facets:
    """What candidates are told apart by, `(n,)` each; `looks` is float32 `(n, d)`, of unit length.

    `relevance` is 0-1, `city` and `country` number places (unknown is a place too), `luminance` is
    0-1, `hour` 0-24, `day` days since 1970.
    """

    relevance: Numbers
    looks: Vectors
    city: Indices
    country: Indices
    luminance: Numbers
    hour: Numbers
    day: Numbers


def facets_of(rows: pl.DataFrame, looks: Vectors) -> Facets:
    """Facets of `relevance, location_city, location_country, median_luminance, captured_at`."""
    place = pl.struct("location_country", "location_city")
    seconds = rows["captured_at"].dt.epoch("s").to_numpy() / _SECONDS_A_DAY
    light = rows["median_luminance"]
    typical = light.median()
    return Facets(
        relevance=rows["relevance"].to_numpy().astype(np.float64),
        looks=looks,
        city=_codes(rows.select(place)),
        country=_codes(rows.select("location_country")),
        luminance=light.fill_null(0.5 if typical is None else typical).to_numpy(),
        hour=(seconds % 1) * 24,
        day=seconds,
    )


def _codes(values: pl.DataFrame) -> Indices:
    found, codes = np.unique(values.select(pl.struct(pl.all()).hash()).to_series(), False, True)[:2]
    return codes.astype(np.int64) if len(found) else np.empty(0, np.int64)


def likeness(cosines: Numbers, common: float) -> Numbers:
    """Cosines from what any two photographs have in common, 0, to the same picture, 1."""
    return np.clip((cosines - common) / max(1 - common, 1e-6), 0, 1)


def common_cosine(looks: Vectors) -> float:
    """Mean cosine of any two of `(n, d)`; 0 for fewer than two."""
    n = len(looks)
    if n < 2:
        return 0.0
    total = looks.sum(axis=0, dtype=np.float64)
    return float((total @ total - n) / (n * (n - 1)))


def choose(facets: Facets, settings: DraftSettings, count: int) -> Indices:
    """Up to `count` candidates in the order of choice; of equal ones the first."""
    n, weights = len(facets.looks), settings.weights
    crowd, common = _Crowd(facets), common_cosine(facets.looks)
    nearest = np.full(n, -1.0)
    open_ = np.ones(n, bool)
    chosen: list[int] = []
    while len(chosen) < min(count, n):
        gain = weights.relevance * facets.relevance - weights.look * likeness(nearest, common)
        gain = gain - crowd.penalty(weights, len(chosen))
        best = int(np.where(open_, gain.round(6), -np.inf).argmax())
        if not open_[best]:
            break
        chosen.append(best)
        crowd.add(best)
        nearest = np.maximum(nearest, facets.looks @ facets.looks[best])
        open_ &= nearest < settings.alike
        open_[best] = False
    return np.array(chosen, np.int64)


class _Crowd:
    """How many of those chosen share the place, light and time of each candidate."""

    def __init__(self, facets: Facets) -> None:
        self._facets = facets
        self._cities = np.zeros(int(facets.city.max(initial=0)) + 1)
        self._countries = np.zeros(int(facets.country.max(initial=0)) + 1)
        self._light, self._time = np.zeros((2, len(facets.looks)))
        span = float(np.ptp(facets.day)) if len(facets.day) else 0.0
        self._days = max(span / 36, 1 / 24)

    def add(self, chosen: int) -> None:
        facets = self._facets
        self._cities[facets.city[chosen]] += 1
        self._countries[facets.country[chosen]] += 1
        apart = np.abs(facets.hour - facets.hour[chosen])
        hours = np.minimum(apart, 24 - apart) / _HOURS
        lights = (facets.luminance - facets.luminance[chosen]) / _LUMINANCE
        self._light += (np.exp(-(lights**2)) + np.exp(-(hours**2))) / 2
        self._time += np.exp(-np.abs(facets.day - facets.day[chosen]) / self._days)

    def penalty(self, weights: DraftWeights, chosen: int) -> Numbers:
        facets = self._facets
        places = (self._cities[facets.city] + self._countries[facets.country]) / 2
        total = weights.places * places + weights.light * self._light + weights.time * self._time
        return np.asarray(total / max(chosen, 1), np.float64)
