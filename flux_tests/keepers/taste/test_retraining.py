"""When the labels have changed enough to train again."""

import polars as pl
import pytest

from flux_assets.keepers.taste.challenge import keep_version
from flux_assets.keepers.taste.retraining import Retraining, changed_keepers, retraining
from flux_assets.keepers.taste.versions import ModelStore, open_models
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import KeeperModelSettings
from flux_tests.keepers.taste.stand_in import direction, labelled, use_stand_in

SETTINGS = KeeperModelSettings()
DATA = labelled(sessions=44, frames=30)
KEPT = DATA.training.filter(pl.col("keeper") == 1)["photo_id"]
NOT_KEPT = DATA.training.filter(pl.col("keeper") == 0)["photo_id"]


@pytest.fixture
def store(archive: DataRoot, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    use_stand_in(monkeypatch)
    store = open_models(archive)
    trained = DATA.trained(direction())
    keep_version(trained, DATA.known, DATA.vectors, DATA.training, store=store, table="mini")
    return store


def relabelled(*, kept: int = 0, dropped: int = 0) -> pl.DataFrame:
    """The training set after so many photographs became keepers, or no longer are."""
    flipped = [*NOT_KEPT.head(kept), *KEPT.head(dropped)]
    keeper = pl.col("keeper")
    return DATA.training.with_columns(
        keeper=pl.when(pl.col("photo_id").is_in(flipped)).then(1 - keeper).otherwise(keeper)
    )


def due(training: pl.DataFrame, store: ModelStore, *, table: str = "mini") -> Retraining:
    return retraining(training, store, settings=SETTINGS, table=table)


def test_the_same_labels_do_not_train_again(store: ModelStore) -> None:
    answer = due(DATA.training, store)
    assert not answer.due
    assert answer.reason.startswith("0 keepers came or went since v001")


def test_the_setting_says_how_many_changed_labels_train_again(store: ModelStore) -> None:
    enough = int(SETTINGS.retrain_share * len(KEPT)) + 1
    assert not due(relabelled(kept=enough - 1), store).due
    assert due(relabelled(kept=enough), store).due
    assert due(relabelled(kept=1, dropped=enough - 1), store).due


def test_photographs_that_came_without_keepers_do_not_count() -> None:
    assert changed_keepers(DATA.training.head(100), DATA.training.head(100)) == 0
    assert changed_keepers(DATA.training.filter(pl.col("keeper") == 1), DATA.training) == 0
    assert changed_keepers(DATA.training, DATA.training.clear()) == len(KEPT)


def test_without_a_version_the_first_is_due(archive: DataRoot) -> None:
    assert due(DATA.training, open_models(archive)) == Retraining(
        True, "there is no keeper model yet"
    )


def test_too_few_keepers_are_never_due(archive: DataRoot) -> None:
    few = DATA.training.filter(~pl.col("photo_id").is_in(KEPT.tail(-10).implode()))
    answer = due(few, open_models(archive))
    assert not answer.due
    assert answer.reason.startswith("10 keepers are labelled, and the keeper model learns from 50")


def test_other_vectors_train_again(store: ModelStore) -> None:
    answer = due(DATA.training, store, table="clip-vit-b-32")
    assert answer == Retraining(True, "v001 reads vectors of mini, not of clip-vit-b-32")


def test_labels_that_lost_once_are_not_tried_again(store: ModelStore) -> None:
    worse = DATA.trained(direction(noise=0.4))
    changed = relabelled(dropped=10)
    assert due(changed, store).due
    lost = keep_version(worse, DATA.known, DATA.vectors, changed, store=store, table="mini")
    assert not lost.promoted
    assert not due(changed, store).due
