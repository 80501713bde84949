"""Groups around medoids: every member looks like the group's medoid, and nothing is chained.

Greedy stars: the photograph that most others look like takes them as its group; then the next
among those that are left. Same input, same groups: where all else is equal the lower number wins.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np

from flux_assets.vision.hamming_pairs import Flags, Pairs

Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Separate:
    """Photographs that never share a group, however alike they are.

    Photographs of one `sequence` (negative: of none) that differ in `moment` are several presses
    of a burst or bracket; both are `(n,)`. `apart` maps a photograph to those that a person told
    from it, in both directions.
    """

    sequence: Numbers
    moment: Numbers
    apart: Mapping[int, frozenset[int]]

    def among(self, pairs: Pairs) -> Flags:
        """Which of the pairs are separate."""
        first, second = pairs.first, pairs.second
        separate: Flags = (
            (self.sequence[first] >= 0)
            & (self.sequence[first] == self.sequence[second])
            & (self.moment[first] != self.moment[second])
        )
        for pair in np.flatnonzero(np.isin(first, list(self.apart))).tolist():
            separate[pair] |= int(second[pair]) in self.apart[int(first[pair])]
        return separate


def group_around_medoids(pairs: Pairs, separate: Separate) -> Numbers:
    """The medoid of each photograph's group, `(n,)`; -1 for photographs in no group."""
    stars = _Stars(pairs, separate)
    queue = stars.queue()
    heapify(queue)
    while queue:
        standing = heappop(queue)
        node = standing[-1]
        now = stars.standing(node)
        if now is None:
            continue
        if now == standing:
            stars.take(node)
        else:  # some of its neighbours were taken since
            heappush(queue, now)
    return stars.medoids


class _Stars:
    """The neighbours of each photograph, nearest first, and the groups formed so far."""

    def __init__(self, pairs: Pairs, separate: Separate) -> None:
        first, second, distance = pairs.only(~separate.among(pairs))
        source, target = np.concatenate([first, second]), np.concatenate([second, first])
        distances = np.concatenate([distance, distance]).astype(np.int64)
        order = np.lexsort((target, distances, source))
        self._target, self._distance = target[order], distances[order]
        self._starts = np.searchsorted(source[order], np.arange(len(separate.sequence) + 1))
        self._separate = separate
        self.medoids = np.full(len(separate.sequence), -1, np.int64)

    def queue(self) -> list[tuple[int, int, int]]:
        degrees = np.diff(self._starts)
        totals = np.concatenate([[0], self._distance.cumsum()])
        sums = totals[self._starts[1:]] - totals[self._starts[:-1]]
        nodes = np.flatnonzero(degrees)
        columns = (-degrees[nodes], sums[nodes], nodes)
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def standing(self, node: int) -> tuple[int, int, int] | None:
        """Sorts first the photograph with most free neighbours, the nearest; None without any."""
        if self.medoids[node] >= 0:
            return None
        around = slice(self._starts[node], self._starts[node + 1])
        free = self.medoids[self._target[around]] < 0
        count = int(np.count_nonzero(free))
        return (-count, int(self._distance[around][free].sum()), node) if count else None

    def take(self, node: int) -> None:
        """Make a group of `node` and its free neighbours that are not separate of one another."""
        around = slice(self._starts[node], self._starts[node + 1])
        self.medoids[node] = node
        for member in self._together(node, self._target[around].tolist()):
            self.medoids[member] = node

    def _together(self, node: int, neighbours: list[int]) -> Iterator[int]:
        sequence, moment = self._separate.sequence, self._separate.moment
        presses = {int(sequence[node]): int(moment[node])}
        told = set(self._separate.apart.get(node, ()))
        for member in neighbours:
            burst, time = int(sequence[member]), int(moment[member])
            if self.medoids[member] >= 0 or member in told:
                continue
            if burst >= 0 and presses.setdefault(burst, time) != time:
                continue
            told |= self._separate.apart.get(member, frozenset())
            yield member
