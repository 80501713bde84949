"""Whether the keeper model should be trained again: have the labels changed enough?"""

from dataclasses import dataclass

import polars as pl

from flux_assets.keepers.taste.challenge import stored_examples
from flux_assets.keepers.taste.training import too_little
from flux_assets.keepers.taste.versions import ModelStore
from flux_resources.settings_sections import KeeperModelSettings


@dataclass(frozen=True)
class Retraining:
    """Whether to train, and why or why not."""

    due: bool
    reason: str


def retraining(
    training: pl.DataFrame, store: ModelStore, *, settings: KeeperModelSettings, table: str
) -> Retraining:
    """Compare today's `TrainingSet` with what the newest version was made from.

    The newest, promoted or not: the same labels would only make it again.
    """
    if reason := too_little(training, settings):
        return Retraining(False, reason)
    versions = store.versions()
    if not versions:
        return Retraining(True, "there is no keeper model yet")
    newest = versions[-1]
    if newest.vectors != table:
        return Retraining(True, f"{newest.name} reads vectors of {newest.vectors}, not of {table}")
    changed = changed_keepers(stored_examples(store, newest), training)
    share = changed / max(1, newest.keepers)
    return Retraining(
        share >= settings.retrain_share,
        f"{changed} keepers came or went since {newest.name} was made from {newest.keepers} "
        f"({share:.1%}; trained again from {settings.retrain_share:.1%} on)",
    )


def changed_keepers(before: pl.DataFrame, today: pl.DataFrame) -> int:
    """How many photographs are keepers in only one of two sets of `photo_id, keeper`."""
    then, now = (set(rows.filter(pl.col("keeper") == 1)["photo_id"]) for rows in (before, today))
    return len(then ^ now)
