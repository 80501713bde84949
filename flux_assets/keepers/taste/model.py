"""The model of one person's taste: what it is made of, how it scores, where it is kept."""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from flux_assets.keepers.taste.blend import Blend
from flux_assets.keepers.taste.calibration import Calibration
from flux_assets.keepers.taste.evaluation import Numbers
from flux_assets.keepers.taste.features import Features, Photographs, feature_table
from flux_assets.keepers.taste.taste import Taste
from flux_resources.vectors import Vectors

_ABOUT, _ARRAYS, _TREES = "model.json", "model.npz", "trees.txt"


@dataclass(frozen=True)
class KeeperModel:
    """A trained model; see `flux_assets.keepers.taste.training.train`.

    Attributes:
        groups: the groups of features that it sees.
        taste: what it learned from vectors.
        blend: log-odds that are linear in the features.
        trees: LightGBM's text, what trees add to them; empty where they add nothing.
        calibration: from log-odds to chances.
        weights: feature to its share in what moves scores, the largest first.
    """

    groups: tuple[str, ...]
    taste: Taste
    blend: Blend
    trees: str
    calibration: Calibration
    weights: dict[str, float]

    def score(self, known: pl.DataFrame, vectors: Vectors) -> Numbers:
        """The chance `(n,)`, 0-1, that each photograph is a keeper.

        Photographs are judged beside the others of their burst and session, so whole days belong
        together in one call.

        Args:
            known: see `flux_assets.keepers.taste.features.Photographs`.
            vectors: float32 `(n, d)` of unit length, in the same order.

        Raises:
            ValueError: the vectors are not of the model's size.
        """
        return self.calibration.chances(self.log_odds(self._features(known, vectors)))

    def log_odds(self, features: Features) -> Numbers:
        """What blend and trees say of rows `(n,)`, before calibration."""
        return self.blend.log_odds(features.values) + self._grown(features.values)

    def contributions(self, known: pl.DataFrame, vectors: Vectors) -> dict[str, Numbers]:
        """What each group of features adds to the log-odds of each photograph, `(n,)`.

        Log-odds before calibration, relative to an average photograph; the trees' part is their
        Shapley values.
        """
        features = self._features(known, vectors)
        each = self.feature_contributions(features.values)
        return {
            group: each[:, np.array(features.groups) == group].sum(1)
            for group in dict.fromkeys(features.groups)
        }

    def feature_contributions(self, features: Vectors) -> Numbers:
        """What each feature adds to the log-odds, `(n, f)`."""
        added = self.blend.contributions(features).astype(np.float64)
        if self._booster is not None:
            added += self._booster.predict(features, pred_contrib=True)[:, :-1]
        return added

    def importance(self) -> list[tuple[str, float]]:
        """Features and their shares in what moves scores, the largest first."""
        return [*self.weights.items()]

    def save(self, folder: Path) -> None:
        """Write the model's files into `folder`, which is made; the same model, the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "groups": self.groups,
            "calibration": asdict(self.calibration),
            "intercept": self.blend.intercept,
            "weights": self.weights,
        }
        arrays = asdict(self.taste) | {
            "blend_middle": self.blend.middle,
            "blend_spread": self.blend.spread,
            "blend_coefficients": self.blend.coefficients,
        }
        np.savez(folder / _ARRAYS, **arrays)
        (folder / _TREES).write_text(self.trees)
        (folder / _ABOUT).write_text(json.dumps(about, indent=2))

    @classmethod
    def load(cls, folder: Path) -> "KeeperModel":
        """Read what `save` wrote."""
        about = json.loads((folder / _ABOUT).read_text())
        with np.load(folder / _ARRAYS, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        blend = {name: arrays.pop(f"blend_{name}") for name in ("middle", "spread", "coefficients")}
        return cls(
            groups=tuple(about["groups"]),
            taste=Taste(**arrays),
            blend=Blend(**blend, intercept=about["intercept"]),
            trees=(folder / _TREES).read_text(),
            calibration=Calibration(**about["calibration"]),
            weights=about["weights"],
        )

    def _features(self, known: pl.DataFrame, vectors: Vectors) -> Features:
        size = len(self.taste.centroid)
        if vectors.shape != (known.height, size):
            raise ValueError(
                f"the keeper model reads {size} numbers of each photograph, "
                f"and was given vectors {vectors.shape} for {known.height} photographs"
            )
        return feature_table(Photographs(known, self.taste.measure(vectors)), self.groups)

    @cached_property
    def _booster(self) -> Any:
        import lightgbm

        return lightgbm.Booster(model_str=self.trees) if self.trees else None

    def _grown(self, features: Vectors) -> Numbers:
        if self._booster is None:
            return np.zeros(len(features))
        return np.asarray(self._booster.predict(features, raw_score=True), np.float64)
