"""Where a photograph stands among the others of its burst or its session."""

import numpy as np
import polars as pl

from flux_assets.keepers.taste.evaluation import Numbers
from flux_assets.keepers.taste.linear import Codes


def codes_of(groups: pl.Series) -> Codes:
    """Groups as numbers from 0; a row without one is a group of its own."""
    own = pl.int_range(pl.len())
    keys = pl.DataFrame({"group": groups}).select(
        pl.struct("group", pl.when(pl.col("group").is_null()).then(own)).rank("dense")
    )
    codes: Codes = keys.to_series().to_numpy().astype(np.int64) - 1
    return codes


class Groups:
    """Rows in groups `(n,)`, ready to be compared on many values `(n,)`."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._sizes = np.bincount(codes)
        self.size = self._sizes[codes]
        self._together = np.flatnonzero(self.size > 1)  # the rows that have others
        self._group = codes[self._together]
        ordered = np.sort(self._group)
        starts = np.concatenate([[0], np.flatnonzero(np.diff(ordered)) + 1])
        self._start = np.repeat(starts, np.diff(np.append(starts, len(ordered))))

    def mean(self, values: Numbers) -> Numbers:
        sums = np.bincount(self._codes, values)
        means: Numbers = (sums / np.maximum(self._sizes, 1))[self._codes]
        return means

    def deviations(self, values: Numbers) -> Numbers:
        """Standard deviations from the group's mean; 0 where all are equal."""
        less = values - self.mean(values)
        spread = np.sqrt(self.mean(less**2))
        return np.divide(less, spread, out=np.zeros_like(less), where=spread > 1e-9)

    def ordered(self, values: Numbers) -> tuple[Numbers, Numbers]:
        """The share of the group's others that are higher, and the lead over the best other.

        Both are 0 for a row that is alone; equal values share a rank.
        """
        higher, lead = np.zeros(len(values)), np.zeros(len(values))
        if not len(self._together):
            return higher, lead
        order = self._order(values[self._together])
        rows, place, start = self._together[order], np.arange(len(order)), self._start
        falling = values[rows]
        first_of_equals = (place == start) | np.append(True, falling[1:] != falling[:-1])
        rank = np.maximum.accumulate(np.where(first_of_equals, place, 0)) - start
        best_other = np.where(place == start, falling[start + 1], falling[start])
        higher[rows] = rank / (self.size[rows] - 1)
        lead[rows] = falling - best_other
        return higher, lead

    def _order(self, values: Numbers) -> Codes:
        """Rows by group, the highest value first; one sort of whole numbers is the quickest way."""
        count = len(values)
        falling = np.argsort(-values)
        keys = np.empty(count, np.int64)
        keys[falling] = np.arange(count)
        keys += self._group * count
        keys.sort()
        order: Codes = falling[keys % count]
        return order
