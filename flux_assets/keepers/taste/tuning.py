"""A search for better settings of the trees, with Optuna (the extra `tuning`)."""

from collections.abc import Callable
from dataclasses import dataclass

from flux_assets.keepers.taste.blend import fit_blend
from flux_assets.keepers.taste.boosting import fit_trees
from flux_assets.keepers.taste.examples import Examples
from flux_assets.keepers.taste.features import Photographs, feature_table
from flux_assets.keepers.taste.fitting import learn
from flux_resources.errors import FluxError
from flux_resources.settings_sections import KeeperModelSettings


class TuningUnavailable(FluxError):
    """Optuna is not installed."""


@dataclass(frozen=True)
class Tuned:
    """The best settings, and average precision on the validation rows with the old and with them.

    The search saw the validation rows, so the second figure flatters; train and see.
    """

    settings: KeeperModelSettings
    before: float
    after: float


def tune(
    examples: Examples,
    settings: KeeperModelSettings,
    *,
    trials: int,
    each: Callable[[int, float], None] = lambda trial, precision: None,
) -> Tuned:
    """Try `trials` settings of the trees; the first are the given ones. The test rows are not used.

    `each` is told the number and the average precision of every trial.

    Raises:
        TuningUnavailable: Optuna is missing; the message says how to get it.
    """
    try:
        import optuna
    except ImportError as error:
        raise TuningUnavailable(
            "tuning needs Optuna: pip install 'flux-archive[tuning]'"
        ) from error
    learned, folds = learn(examples)
    features = feature_table(Photographs(examples.known, learned.measured, folds), settings.groups)
    start = fit_blend(features.values, examples.labels, examples.weights, folds).log_odds
    found: list[float] = []

    def precision(trial: optuna.Trial) -> float:
        chosen = {
            "leaves": trial.suggest_int("leaves", 2, 127, log=True),
            "leaf_rows": trial.suggest_int("leaf_rows", 5, 1000, log=True),
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.2, log=True),
        }
        fitted = fit_trees(features, start, examples, settings.model_copy(update=chosen))
        found.append(fitted.precision)
        each(len(found), fitted.precision)
        return fitted.precision

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=settings.seed)
    )
    study.enqueue_trial(settings.model_dump(include={"leaves", "leaf_rows", "learning_rate"}))
    study.optimize(precision, n_trials=trials)
    return Tuned(settings.model_copy(update=study.best_params), found[0], study.best_value)
