"""What each group of features adds to the keeper model."""

import polars as pl

from flux_assets.keepers.taste.evaluation import average_precision
from flux_assets.keepers.taste.examples import Examples
from flux_assets.keepers.taste.fitting import fit_model, learn
from flux_resources.settings_sections import FeatureGroup, KeeperModelSettings


def ablate(examples: Examples, settings: KeeperModelSettings) -> pl.DataFrame:
    """Fit the model anew without each group in turn, and compare on the test rows.

    Returns:
        `group, alone, without, adds`, the group that adds most first: average precision of the
        model with this group only and with all others, and what the whole model has over the
        latter. The first row, `all`, is the whole model. `burst` and `session` compare what other
        groups measure, so alone they see little. What two groups both know neither of them adds.
    """
    learned, folds = learn(examples)
    labels = examples.labels[examples.test]

    def precision(groups: tuple[FeatureGroup, ...]) -> float:
        if not groups:
            return float(labels.mean())
        chosen = settings.model_copy(update={"groups": groups})
        fitted = fit_model(examples, learned, folds, chosen)
        return average_precision(fitted.log_odds[examples.test], labels)

    whole = precision(settings.groups)
    rows = []
    for group in settings.groups:
        without = precision(tuple(other for other in settings.groups if other != group))
        rows.append(
            {
                "group": group,
                "alone": precision((group,)),
                "without": without,
                "adds": whole - without,
            }
        )
    first = {"group": "all", "alone": whole, "without": float(labels.mean())}
    first["adds"] = whole - float(labels.mean())
    each = pl.DataFrame(rows).sort("adds", "group", descending=[True, False])
    return pl.concat([pl.DataFrame([first]), each])
