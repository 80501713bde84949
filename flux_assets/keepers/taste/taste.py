"""What vectors tell of the photographer's taste: linear scores, likeness to keepers, projection."""

from dataclasses import dataclass

import numpy as np

from flux_assets.keepers.taste.evaluation import Numbers
from flux_assets.keepers.taste.linear import Codes
from flux_resources.vectors import Vectors

KINDS = ("overall", "in_session", "in_burst")
_CHUNK = 8_192


@dataclass(frozen=True)
class Taste:
    """What was learned from the vectors of the training rows.

    Attributes:
        linear: float32 `(d, 3)`, a direction of each of `KINDS`; zeros where there was too little.
        intercepts: `(3,)`.
        centroid: float32 `(d,)`, of unit length, the mean of the keepers.
        mean, axes: float32 `(d,)`, `(d, p)`: the principal axes of the vectors.
        references: float32 `(r, p)`, projected keepers of unit length, by fold; at most 1,000.
        reference_ends: `(folds,)`, where the references of each fold end.
    """

    linear: Vectors
    intercepts: Numbers
    centroid: Vectors
    mean: Vectors
    axes: Vectors
    references: Vectors
    reference_ends: Codes

    def measure(self, vectors: Vectors) -> "Measured":
        """Measure rows that were not trained on."""
        columns = np.hstack([self.linear, self.centroid[:, None], self.axes])
        found = vectors @ columns
        kinds = len(KINDS)
        projected = found[:, kinds + 1 :] - self.mean @ self.axes
        return Measured(
            linear=found[:, :kinds] + self.intercepts.astype(np.float32),
            centroid=found[:, kinds],
            projected=projected,
            near=self.nearest(projected),
        )

    def nearest(self, projected: Vectors) -> Vectors:
        """Cosine `(n, folds)` to the nearest reference of each fold, on the principal axes."""
        starts = np.append(0, self.reference_ends[:-1])
        parts = [
            np.maximum.reduceat(unit(projected[row : row + _CHUNK]) @ self.references.T, starts, 1)
            for row in range(0, len(projected), _CHUNK)
        ]
        return np.concatenate(parts)


@dataclass(frozen=True)
class Measured:
    """Rows as `Taste` sees them: `(n, 3)`, `(n,)`, `(n, p)`, `(n, folds)`, all float32."""

    linear: Vectors
    centroid: Vectors
    projected: Vectors
    near: Vectors

    def likeness(self, folds: Codes | None = None) -> tuple[Vectors, Vectors]:
        """Likeness to the nearest keeper and to the nearest of each fold, without the own fold.

        Rows of no fold (-1, or `folds` None) see all. So that this tells them nothing that it does
        not tell the others, they get what they would on average see without one of the folds.
        """
        count = self.near.shape[1]
        ordered = np.sort(self.near, axis=1)
        nearest = (ordered[:, -1] * (count - 1) + ordered[:, -2]) / count
        each = self.near.mean(1)
        if folds is not None:
            own = folds[:, None] == np.arange(count)
            others = np.where(own, -np.inf, self.near).max(1)
            rest = np.where(own, 0, self.near).sum(1) / (count - 1)
            nearest = np.where(folds >= 0, others, nearest)
            each = np.where(folds >= 0, rest, each)
        return nearest, each


def unit(vectors: Vectors) -> Vectors:
    """Vectors `(n, d)` of length 1; those of length 0 as they are."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return scaled
