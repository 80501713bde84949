"""Query arithmetic: one vector out of several texts and pictures, as Rocchio (1971) has it.

    q = sum of w+ v / (s sum of w+)  -  sum of |w-| v / (s n),   then scaled to unit length

`v` are unit vectors and `w` their weights; `n` is the number of negatives. Positives are averaged,
so that only their proportions matter. Of negatives each counts in full share of its own weight:
-0.5 takes half as much away as all positives together add. `s` is the spread of a part, the
standard deviation of its cosines over the archive: pictures tell photographs apart two to three
times as much as texts do, and would drown them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from flux_assets.search.answers.background import Numbers
from flux_resources.errors import FluxError
from flux_resources.vectors import Vectors

_NOTHING = 1e-4
_SAMPLED = 4_096  # photographs; a standard deviation needs no more


class NoDirection(FluxError):
    """The parts of a question take each other away."""


class Part(NamedTuple):
    """A text or a picture as a unit vector, float32 `(d,)`; a negative weight means "unlike"."""

    name: str
    vector: Vectors
    weight: float = 1.0


def compose(parts: Sequence[Part], sample: Vectors | None = None) -> Vectors:
    """One query vector, float32 `(d,)` of unit length.

    Args:
        parts: a weight of 0 asks nothing. Negatives alone look for what is least like them.
        sample: photographs `(m, d)` by which texts and pictures are balanced, as those of a
            `Background`; without it their spread is taken as equal, as it is among texts.

    Raises:
        NoDirection: nothing is asked, or everything that is asked is taken away again.
    """
    asked = [part for part in parts if part.weight]
    if not asked:
        raise NoDirection("nothing to look for: give a text or a picture, with a weight above 0")
    vectors = np.stack([part.vector for part in asked]).astype(np.float64)
    weights = np.array([part.weight for part in asked])
    positive = weights > 0
    weights = np.where(
        positive,
        weights / max(weights[positive].sum(), _NOTHING),
        weights / max((~positive).sum(), 1),
    )
    total = (weights / _spreads(vectors, sample)) @ vectors
    length = float(np.linalg.norm(total))
    if length < _NOTHING:
        names = ", ".join(part.name for part in asked)
        raise NoDirection(f"these take each other away: {names}; change a weight")
    return np.asarray(total / length, np.float32)


def _spreads(vectors: Numbers, sample: Vectors | None) -> Numbers:
    """Standard deviation of each part's cosines, as a share of the largest, `(parts,)`."""
    if sample is None or len(sample) < 2 or len(vectors) == 1:
        return np.ones(len(vectors))
    few = sample[:: -(-len(sample) // _SAMPLED)]
    found = (few @ vectors.T.astype(np.float32)).std(axis=0).astype(np.float64)
    return np.asarray(np.maximum(found, 1e-3) / max(float(found.max()), 1e-3))
