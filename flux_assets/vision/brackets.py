"""Exposure brackets among the presses of a day: one scene at several exposures, on purpose."""

import numpy as np

from flux_assets.vision.presses import Flags, Numbers, Presses, Reals
from flux_resources.settings_sections import BurstSettings

_FEWEST = 3
_ROUNDING = 0.05  # 1/250 and 1/350 are half a stop, and their numbers 0.485 stops


def find_brackets(presses: Presses, settings: BurstSettings) -> Numbers:
    """The first press of each press's bracket, `(n,)`; -1 for presses in none.

    A bracket is three presses or more of one camera, none longer than the gap after the one
    before, whose exposures all differ by a step at least and span enough together. An exposure
    that comes again begins the next bracket.
    """

    def together(later: Numbers, earlier: Numbers) -> Flags:
        close = presses.gap(later, earlier) <= settings.bracket_gap_seconds
        same: Flags = close & presses.same_camera(later, earlier)
        return same

    brackets = np.full(len(presses), -1, np.int64)
    chains = presses.chains(together)
    order = np.argsort(chains, kind="stable")
    for chain in np.split(order, np.flatnonzero(np.diff(chains[order])) + 1):
        for members in _sets(chain, presses.stops, settings):
            brackets[members] = members[0]
    return brackets


def _sets(chain: Numbers, stops: Reals, settings: BurstSettings) -> list[list[int]]:
    """The brackets of one chain, each a list of presses in order."""
    step, span = settings.bracket_step_stops - _ROUNDING, settings.bracket_span_stops - _ROUNDING
    sets: list[list[int]] = [[]]
    for press in chain.tolist() if len(chain) >= _FEWEST else ():
        if not (abs(stops[press] - stops[sets[-1]]) >= step).all():
            sets.append([])
        sets[-1].append(press)
    return [
        members for members in sets if len(members) >= _FEWEST and np.ptp(stops[members]) >= span
    ]
