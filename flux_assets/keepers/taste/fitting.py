"""How the keeper model is fitted: what vectors tell, the blend, the trees, the calibration."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from flux_assets.keepers.taste.blend import fit_blend
from flux_assets.keepers.taste.boosting import fit_trees
from flux_assets.keepers.taste.calibration import Calibrated, Calibration, calibrate
from flux_assets.keepers.taste.evaluation import Numbers
from flux_assets.keepers.taste.examples import Examples
from flux_assets.keepers.taste.features import (
    Photographs,
    burst_groups,
    feature_table,
    session_groups,
)
from flux_assets.keepers.taste.learning import Learned, deal_folds, learn_taste
from flux_assets.keepers.taste.linear import Codes
from flux_assets.keepers.taste.model import KeeperModel
from flux_resources.settings_sections import KeeperModelSettings

_WEIGHED = 2_000  # rows that show what moves scores
_AS_IT_IS = Calibration("platt", 1.0, 0.0, [])


@dataclass(frozen=True)
class Fitted:
    """A model, what it says of all rows before calibration `(n,)`, and what was chosen for it.

    What it says of rows that it was trained on is of no use.
    """

    model: KeeperModel
    log_odds: Numbers
    tried: dict[str, object]


def learn(examples: Examples) -> tuple[Learned, Codes]:
    """What the vectors of the training rows tell, and the fold `(n,)` of each row, else -1."""
    train = examples.train
    folds = np.full(len(train), -1)
    folds[train] = deal_folds(examples.groups.filter(pl.Series(train)), examples.labels[train])
    learned = learn_taste(
        examples.vectors,
        examples.labels,
        examples.weights,
        folds,
        sessions=session_groups(examples.known),
        bursts=burst_groups(examples.known),
        jittered=examples.jittered,
    )
    return learned, folds


def fit_model(
    examples: Examples, learned: Learned, folds: Codes, settings: KeeperModelSettings
) -> Fitted:
    """Fit blend, trees and calibration on the features that the settings name."""
    features = feature_table(Photographs(examples.known, learned.measured, folds), settings.groups)
    blended = fit_blend(features.values, examples.labels, examples.weights, folds)
    trees = fit_trees(features, blended.log_odds, examples, settings)
    bare = KeeperModel(
        groups=settings.groups,
        taste=learned.taste,
        blend=blended.blend,
        trees=trees.text,
        calibration=_AS_IT_IS,
        weights={},
    )
    log_odds = bare.log_odds(features)
    calibrated = calibrate_on_validation(log_odds, examples)
    moved = bare.feature_contributions(features.values[examples.validation][:_WEIGHED])
    shares = np.abs(moved).mean(0) / max(float(np.abs(moved).mean(0).sum()), 1e-12)
    order = np.argsort(-shares, kind="stable")
    return Fitted(
        model=replace(
            bare,
            calibration=calibrated.calibration,
            weights={features.names[f]: float(shares[f]) for f in order},
        ),
        log_odds=log_odds,
        tried={
            "folds": int(folds.max()) + 1,
            "penalties": learned.penalties | {"blend": blended.penalty},
            **trees.tried,
            "calibration": calibrated.calibration.kind,
            "log loss of calibrations": calibrated.losses,
        },
    )


def calibrate_on_validation(scores: Numbers, examples: Examples) -> Calibrated:
    """Calibrate `scores (n,)` on the validation rows; no group is in two folds."""
    rows = examples.validation
    labels, groups = examples.labels[rows], examples.groups.filter(pl.Series(rows))
    several = groups.filter(pl.Series(labels)).n_unique() > 1
    folds = deal_folds(groups, labels) if several else np.zeros(len(labels), np.int64)
    return calibrate(scores[rows], labels, folds)
