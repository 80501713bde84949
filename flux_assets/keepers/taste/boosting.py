"""The trees of the model: LightGBM, from the log-odds of the blend on."""

from dataclasses import dataclass

import numpy as np

from flux_assets.keepers.taste.evaluation import Flags, Numbers, average_precision
from flux_assets.keepers.taste.examples import Examples
from flux_assets.keepers.taste.features import Features
from flux_resources.settings_sections import KeeperModelSettings

_PATIENCE = 50  # trees without gain on the validation rows


@dataclass(frozen=True)
class Trees:
    """A LightGBM model as text, empty where trees did not help, and what was tried.

    `precision` is the average precision on the validation rows, with trees if they help.
    """

    text: str
    precision: float
    tried: dict[str, object]


def fit_trees(
    features: Features, start: Numbers, examples: Examples, settings: KeeperModelSettings
) -> Trees:
    """Add trees to the log-odds `start (n,)`, as long as the validation rows gain by it.

    Keepers weigh as much as the root of others by keepers, halfway between as they are and
    balanced: balanced weights cost precision at the top, and calibration takes back the shift.
    """
    import lightgbm

    labels, train, validation = examples.labels, examples.train, examples.validation
    weights = examples.weights
    kept, others = weights[train & labels].sum(), weights[train & ~labels].sum()
    heavier = float(np.sqrt(others / kept))
    weights = np.where(labels, weights * heavier, weights)
    shifted = start + np.log(heavier)
    parameters = _parameters(settings)

    def rows(chosen: Flags, reference: lightgbm.Dataset | None = None) -> lightgbm.Dataset:
        return lightgbm.Dataset(
            features.values[chosen],
            labels[chosen],
            weight=weights[chosen],
            init_score=shifted[chosen],
            reference=reference,
            feature_name=features.names,
            params=parameters,
        )

    taught = rows(train)
    booster = lightgbm.train(
        parameters,
        taught,
        settings.trees,
        valid_sets=[rows(validation, taught)],
        callbacks=[lightgbm.early_stopping(_PATIENCE, verbose=False)],
    )
    count = booster.best_iteration or booster.current_iteration()
    added = booster.predict(features.values[validation], raw_score=True, num_iteration=count)
    without = average_precision(start[validation], labels[validation])
    with_trees = average_precision(start[validation] + np.asarray(added), labels[validation])
    helps = with_trees > without
    return Trees(
        booster.model_to_string(num_iteration=count) if helps else "",
        max(without, with_trees),
        {
            "trees": count if helps else 0,
            "weight of a keeper in trees": heavier,
            "average precision on validation": {"without trees": without, "with": with_trees},
        },
    )


def _parameters(settings: KeeperModelSettings) -> dict[str, object]:
    return {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": settings.leaf_rows,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 10.0,
        "seed": settings.seed,
        "num_threads": settings.workers,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }
