"""Puts chosen photographs in an order in which neighbours rhyme without repeating each other.

Neighbours should be about as alike as the more alike pairs of the draft are, in similar light. What
is too alike, or of one walk, is a repetition, the dearer the nearer they stand. The order of least
cost is looked for by nearest neighbours from every start, then by reversing and moving parts (2-opt
and or-opt) while that helps. The same input gives the same order.
"""

from functools import cache, partial

import numpy as np

from flux_assets.publishing.drafts.selection import Facets, Indices, common_cosine, likeness
from flux_assets.search.answers.background import Numbers

RHYME = 0.85  # quantile of the likeness of pairs that do not repeat each other
REPEAT = 0.6  # likeness from which on photographs repeat each other
REACH = 4  # places within which a repetition is noticed: about a row of a sheet, a spread or two
_REPETITION, _SAME_WALK, _LIGHT = 3.0, 1.0, 0.5  # costs, beside a difference in likeness
_WALK_DAYS = 2 / 24
_TRIED = 4  # first orders that are improved
_SEGMENT = 3


def pair_likeness(facets: Facets, chosen: Indices) -> Numbers:
    """Likeness `(k, k)` of chosen photographs, 0-1, as in `likeness`."""
    looks = facets.looks[chosen]
    return likeness((looks @ looks.T).astype(np.float64), common_cosine(facets.looks))


def rhyme_level(alike: Numbers) -> float:
    """The likeness that neighbours should have."""
    pairs = alike[np.triu_indices(len(alike), 1)]
    pairs = pairs[pairs < REPEAT]
    return float(np.quantile(pairs, RHYME)) if len(pairs) else REPEAT


def pair_costs(facets: Facets, chosen: Indices) -> Numbers:
    """What it costs to put two photographs so many places apart, `(REACH, k, k)`, symmetric."""
    alike = pair_likeness(facets, chosen)
    lights, days = facets.luminance[chosen], facets.day[chosen]
    walk = np.abs(days[:, None] - days) < _WALK_DAYS
    repetition = _REPETITION * (alike >= REPEAT) + _SAME_WALK * walk
    costs = np.stack([repetition / (distance + 1) for distance in range(REACH)])
    costs[0] += np.abs(alike - rhyme_level(alike))
    costs[0] += _LIGHT * np.abs(lights[:, None] - lights)
    return np.asarray(costs.round(9), np.float64)


def arrange(costs: Numbers) -> Indices:
    """The order `(k,)` of low total cost, from either end."""
    k = costs.shape[1]
    if k < 3:
        return np.arange(k)
    starts = np.stack([_nearest_first(costs[0], start) for start in range(k)])
    first = np.argsort(total_costs(costs, starts), kind="stable")[:_TRIED]
    found = np.stack([_improved(costs, order) for order in starts[first]])
    best: Indices = found[int(total_costs(costs, found).argmin())]
    return best


def total_costs(costs: Numbers, orders: Indices) -> Numbers:
    """Total cost `(n,)` of orders `(n, k)`."""
    return _sums(costs, _pairs(orders))


def _pairs(orders: Indices) -> list[Indices]:
    """For each distance which entries of a flat `(k, k)` matrix an order adds up."""
    k = orders.shape[1]
    return [orders[:, :-away] * k + orders[:, away:] for away in range(1, min(REACH + 1, k))]


def _sums(costs: Numbers, pairs: list[Indices]) -> Numbers:
    total = np.zeros(len(pairs[0]))
    for cost, entries in zip(costs, pairs, strict=False):
        total += cost.ravel().take(entries).sum(axis=1)
    return np.asarray(total.round(6), np.float64)


def _nearest_first(costs: Numbers, start: int) -> Indices:
    order, left = [start], set(range(len(costs))) - {start}
    while left:
        order.append(min(left, key=partial(_step, costs[order[-1]])))
        left.remove(order[-1])
    return np.array(order)


def _step(costs: Numbers, other: int) -> tuple[float, int]:
    return float(costs[other]), other


def _improved(costs: Numbers, order: Indices) -> Indices:
    """The best move again and again, until none helps."""
    moves, pairs = _moves(len(order))
    cost = float(total_costs(costs, order[None])[0])
    while True:
        after = _sums(costs[:, order][:, :, order], pairs)
        best = int(after.argmin())
        if after[best] >= cost:
            return order
        order, cost = order[moves[best]], float(after[best])


@cache
def _moves(k: int) -> tuple[Indices, list[Indices]]:
    """All orders `(m, k)` that one move leads to from 0, 1, 2, ..., and their `_pairs`."""
    places, found = np.arange(k), []
    for first in range(k):
        for last in range(first + 1, k):
            turned = places[first : last + 1][::-1]
            found.append(np.concatenate([places[:first], turned, places[last + 1 :]]))
        for end in range(first + 1, min(first + _SEGMENT, k) + 1):
            part, rest = places[first:end], np.concatenate([places[:first], places[end:]])
            for where in range(len(rest) + 1):
                found += [np.insert(rest, where, part), np.insert(rest, where, part[::-1])]
    moves = np.unique(np.stack(found), axis=0)
    return moves, _pairs(moves)
