"""Training of the keeper model, and its evaluation beside the baselines."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from flux_assets.keepers.taste.baselines import baseline_scores
from flux_assets.keepers.taste.evaluation import Evaluation, Numbers, evaluate
from flux_assets.keepers.taste.examples import Examples, examples_of
from flux_assets.keepers.taste.fitting import Fitted, calibrate_on_validation, fit_model, learn
from flux_assets.keepers.taste.model import KeeperModel
from flux_resources.settings_sections import KeeperModelSettings
from flux_resources.vectors import Vectors

MODEL = "keeper model"


@dataclass(frozen=True)
class Training:
    """A trained model, and how well it did on rows that it never saw.

    Attributes:
        model: trained on the rows of split `train`, stopped and calibrated on `validation`.
        evaluations: the model (first) and the baselines on the rows of split `test`.
        forward: the same trained again on the older sessions, on the newest ones; empty where
            these do not suffice.
        tried: what was chosen on the training and validation rows, for the model card.
    """

    model: KeeperModel
    evaluations: list[Evaluation]
    forward: list[Evaluation]
    tried: dict[str, object]


def too_little(training: pl.DataFrame, settings: KeeperModelSettings) -> str | None:
    """Why the labels of a `TrainingSet` do not suffice, as a sentence; None where they do."""
    keepers = int((training["keeper"] == 1).sum())
    if keepers < settings.minimum_keepers:
        return (
            f"{keepers} keepers are labelled, and the keeper model learns from "
            f"{settings.minimum_keepers} on (keeper_model.minimum_keepers in flux.yaml)"
        )
    return _lacking(training, "split")


def train(
    known: pl.DataFrame,
    vectors: Vectors,
    training: pl.DataFrame,
    *,
    settings: KeeperModelSettings,
    augmented: pl.DataFrame | None = None,
) -> Training:
    """Train and evaluate; the same input gives the same model, byte for byte.

    Args:
        known: see `flux_assets.keepers.taste.features.Photographs`; whole sessions.
        vectors: float32 `(n, d)` of unit length, in the order of `known`.
        training: `photo_id, keeper` (0 or 1), `weight, group_id, split, forward_split`.
        settings: the groups of features, and how trees grow.
        augmented: `photo_id, vector` (list of float32) of altered copies; those of photographs
            outside the training split are not looked at.

    Raises:
        ValueError: see `too_little`.
    """
    if reason := too_little(training, settings):
        raise ValueError(reason)
    examples = examples_of(known, vectors, training, split="split", augmented=augmented)
    fitted, evaluations = _fit_and_evaluate(examples, settings)
    tried, forward = dict(fitted.tried), list[Evaluation]()
    if lacking := _lacking(training, "forward_split"):
        tried["forward in time"] = lacking
    else:
        later = examples_of(known, vectors, training, split="forward_split", augmented=augmented)
        forward = _fit_and_evaluate(later, settings)[1]
    return Training(fitted.model, evaluations, forward, tried)


def evaluate_on_test(examples: Examples, scores: Mapping[str, Numbers]) -> list[Evaluation]:
    """Evaluate scores `(n,)` on the test rows, each calibrated on the validation rows before.

    Calibration changes no order; it makes the Brier scores comparable.
    """
    test = examples.test
    rows = examples.known.filter(pl.Series(test))
    return [
        evaluate(
            name,
            calibrate_on_validation(values, examples).calibration.chances(values[test]),
            examples.labels[test],
            bursts=_bursts(rows),
            years=_years(rows),
        )
        for name, values in scores.items()
    ]


def evaluate_held_out(
    name: str, scores: Numbers, known: pl.DataFrame, training: pl.DataFrame, *, split: str = "split"
) -> Evaluation:
    """Evaluate `scores` (in the order of `known`) on the rows of split `test`, as they are.

    Args:
        known: `photo_id, day, burst_id`.
        training: `photo_id, keeper` and the split column.
        split: `split`, or `forward_split`.
    """
    rows = known.with_columns(score=pl.Series(scores)).join(
        training.filter(pl.col(split) == "test").select("photo_id", "keeper"), on="photo_id"
    )
    labels = rows["keeper"].to_numpy() == 1
    return evaluate(
        name, rows["score"].to_numpy(), labels, bursts=_bursts(rows), years=_years(rows)
    )


def _fit_and_evaluate(
    examples: Examples, settings: KeeperModelSettings
) -> tuple[Fitted, list[Evaluation]]:
    learned, folds = learn(examples)
    fitted = fit_model(examples, learned, folds, settings)
    baselines = baseline_scores(examples.known, examples.vectors, learned.taste, seed=settings.seed)
    return fitted, evaluate_on_test(examples, {MODEL: fitted.log_odds, **baselines})


def _lacking(training: pl.DataFrame, split: str) -> str | None:
    """Which part of a split has too few groups with keepers, or no others, as a sentence."""
    keeper = pl.col("keeper") == 1
    found = training.group_by(pl.col(split).cast(pl.String)).agg(
        groups=pl.col("group_id").filter(keeper).n_unique(), others=(~keeper).sum()
    )
    parts = {name: (groups, others) for name, groups, others in found.iter_rows()}
    for part, least in {"train": 2, "validation": 1, "test": 1}.items():
        groups, others = parts.get(part, (0, 0))
        if groups < least:
            return f"keepers of {least} sessions are needed in the {part} split; it has {groups}"
        if others == 0:
            return f"the {part} split has only keepers, and nothing to tell them from"
    return None


def _bursts(rows: pl.DataFrame) -> pl.Series:
    if "burst_id" in rows.columns:
        return rows["burst_id"]
    return pl.Series([None] * rows.height, dtype=pl.String)


def _years(rows: pl.DataFrame) -> pl.Series:
    return rows["day"].str.head(4).cast(pl.Int32, strict=False)
